namespace Idsnn.Kernels.Launch;

/// <summary>
/// A bool in a kernel's arguments: ILGPU passes only types whose layout is the same on host and device, and bool is not one.
/// </summary>
public readonly record struct Flag
{
    private readonly int value;

    private Flag(bool value) => this.value = value ? 1 : 0;

    /// <summary>As a bool.</summary>
    public static implicit operator bool(Flag flag) => flag.value != 0;

    /// <summary>Of a bool.</summary>
    public static implicit operator Flag(bool value) => new(value);
}
