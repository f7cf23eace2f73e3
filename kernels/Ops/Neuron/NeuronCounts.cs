using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Counts, at each place of a layer, the spikes of each time-step and the membranes within the surrogate's window, over all images and
/// onto what was counted before. The neurons are run as <see cref="LifForward{TNeuron}"/> runs them; counts are whole numbers, exact up
/// to 2²⁴. One work-item: one lane group of places. Reference: LifReference.Forward.
/// </summary>
/// <typeparam name="TCurrent">What enters the neurons.</typeparam>
/// <typeparam name="TNeuron">The neuron.</typeparam>
/// <param name="current">[T, images, places].</param>
/// <param name="spikes">[T, places], added to.</param>
/// <param name="inWindow">[places], added to: |U − U_th| &lt; width, over all time-steps.</param>
/// <param name="neuron">The neuron.</param>
/// <param name="images">N.</param>
public readonly struct NeuronCounts<TCurrent, TNeuron>(
    TCurrent current, ArrayView<float> spikes, ArrayView<float> inWindow, TNeuron neuron, int images) : ILaneKernel
    where TCurrent : struct, ICurrent
    where TNeuron : struct, INeuron<TNeuron>
{
    /// <inheritdoc/>
    public void Execute<V>(int item)
        where V : unmanaged, ILanes<V>
    {
        var ready = neuron.Load();
        int places = ready.Spec.Sites / images / V.Count, step = images * places;
        var fired = spikes.As<V>();
        V near = inWindow.As<V>()[item];
        for (int n = 0; n < images; n++)
        {
            V state = ready.Start<V>();
            for (int t = 0; t < ready.Spec.Timesteps; t++)
            {
                state = Recursion.Next(ready, state, current.Load<V>(t * step, (n * places) + item), out V u, out V f);
                fired[(t * places) + item] = V.Add(fired[(t * places) + item], f);
                near = V.Add(near, V.Map(u, new Window(ready.Spec.Threshold, ready.Spec.Width)));
            }
        }

        inWindow.As<V>()[item] = near;
    }

    private readonly struct Window(float threshold, float width) : IScalarFunction
    {
        public float Invoke(float x) => MathF.Abs(x - threshold) < width ? 1f : 0f;
    }
}
