using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>number = value. One work-item in all.</summary>
/// <param name="number">[1].</param>
/// <param name="value">The value.</param>
public readonly struct SetNumber(ArrayView<ulong> number, ulong value) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item) => number[0] = value;
}
