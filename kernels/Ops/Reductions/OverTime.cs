using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>y[s] = scale · Σ_t x[t, s], in order. One work-item: one lane group of sites.</summary>
/// <param name="x">[T, sites].</param>
/// <param name="y">[sites].</param>
/// <param name="timesteps">T.</param>
/// <param name="sites">Floats per time-step.</param>
/// <param name="scale">1 for a sum, 1 / T for a mean.</param>
public readonly struct SumOverTime(ArrayView<float> x, ArrayView<float> y, int timesteps, int sites, float scale) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = sites / V.Count;
        var source = x.As<V>();
        V sum = source[item];
        for (int t = 1; t < timesteps; t++) sum = V.Add(sum, source[(t * groups) + item]);
        y.As<V>()[item] = V.Multiply(V.Broadcast(scale), sum);
    }
}

/// <summary>y[t, s] = scale · x[s] for every t. One work-item: one lane group of sites.</summary>
/// <param name="x">[sites].</param>
/// <param name="y">[T, sites].</param>
/// <param name="timesteps">T.</param>
/// <param name="sites">Floats per time-step.</param>
/// <param name="scale">The factor.</param>
public readonly struct RepeatOverTime(ArrayView<float> x, ArrayView<float> y, int timesteps, int sites, float scale) : ILaneKernel
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        int groups = sites / V.Count;
        V value = V.Multiply(V.Broadcast(scale), x.As<V>()[item]);
        var target = y.As<V>();
        for (int t = 0; t < timesteps; t++) target[(t * groups) + item] = value;
    }
}
