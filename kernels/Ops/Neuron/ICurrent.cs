using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>The input current of neurons through time.</summary>
public interface ICurrent
{
    /// <summary>X of lane group <paramref name="at"/> of the time-step that starts at lane group <paramref name="step"/>.</summary>
    /// <typeparam name="V">The lane type.</typeparam>
    V Load<V>(int step, int at)
        where V : unmanaged, ILanes<V>;
}

/// <summary>A current that is there as it is.</summary>
/// <param name="x">[T, sites].</param>
public readonly struct PlainCurrent(ArrayView<float> x) : ICurrent
{
    /// <inheritdoc/>
    public V Load<V>(int step, int at)
        where V : unmanaged, ILanes<V> => x.As<V>()[step + at];
}
