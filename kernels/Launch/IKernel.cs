namespace Idsnn.Kernels.Launch;

/// <summary>A kernel: its fields are the arguments, <see cref="Execute"/> is one work-item.</summary>
public interface IKernel
{
    /// <summary>Runs work-item <paramref name="item"/>.</summary>
    void Execute(int item);
}

/// <summary>A kernel over lanes: <see cref="Execute"/> handles as many neighbouring floats at once as the launch chose.</summary>
public interface ILaneKernel
{
    /// <summary>Runs work-item <paramref name="item"/> with lanes <typeparamref name="V"/>.</summary>
    /// <typeparam name="V">The lane type.</typeparam>
    void Execute<V>(int item)
        where V : unmanaged, ILanes<V>;
}
