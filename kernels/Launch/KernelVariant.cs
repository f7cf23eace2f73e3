namespace Idsnn.Kernels.Launch;

/// <summary>A kernel as it is compiled: closed over its type parameters, with its lanes.</summary>
/// <param name="Type">The kernel struct.</param>
/// <param name="Lanes">Lanes of a lane kernel; 0 for others.</param>
public sealed record KernelVariant(Type Type, int Lanes)
{
    /// <summary>Whether it is launched by groups.</summary>
    public bool IsGroup => typeof(IGroupKernel).IsAssignableFrom(Type);

    /// <summary>Such as BatchNormLifForward&lt;NoImage&gt; ×4.</summary>
    public string Name => Lanes == 0 ? LaunchRecord.Name(Type) : $"{LaunchRecord.Name(Type)} ×{Lanes}";
}
