namespace Idsnn.Kernels.Launch;

/// <summary>A kernel whose threads work together in groups: it is launched by groups, not by work-items.</summary>
public interface IGroupKernel
{
    /// <summary>Threads of a group.</summary>
    static abstract int GroupSize { get; }

    /// <summary>What each thread of each group does.</summary>
    void Execute();
}
