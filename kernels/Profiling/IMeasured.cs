namespace Idsnn.Kernels.Profiling;

/// <summary>
/// A kernel that states what a launch of it costs, for profiles. Of others a profile counts each of their views once and no arithmetic,
/// which is what element-wise passes cost.
/// </summary>
public interface IMeasured
{
    /// <summary>Floating-point operations of the launch: those that are done, not those that a direct algorithm would need.</summary>
    double Flops { get; }

    /// <summary>Bytes read and written; null where that is each view once.</summary>
    double? Bytes => null;

    /// <summary>What does the operations.</summary>
    Arithmetic Arithmetic => Arithmetic.MultiplyAdd;
}

/// <summary>A kernel's argument that says in a few characters how large the launch is.</summary>
public interface ILaunchSpec
{
    /// <summary>Such as 64→128 3×3/2 @32×32 ×16.</summary>
    string Label { get; }
}
