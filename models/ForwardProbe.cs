using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>
/// Looks at a network's forward passes and sums up, on the device, what its spiking layers do and what its convolutions are given.
/// Nothing of it is computed where no probe is handed to a <see cref="Pass"/>, and it changes no result.
/// </summary>
/// <param name="model">The network.</param>
/// <param name="countsInputs">Whether to count the convolutions' inputs too, which <see cref="Arithmetic"/> needs.</param>
public sealed class ForwardProbe(ModelSpec model, bool countsInputs) : IDisposable
{
    private readonly List<(string Name, NeuronActivity Activity)> layers = [];
    private readonly Dictionary<ConvBnSpec, Tensor> spikes = [];
    private readonly ConvBnSpec first = NetworkLayout.Of(model).Convolutions.First();
    private double macs;

    /// <summary>
    /// Is given the output of each convolution and of the batch-norm behind it, by their names, in the order in which they run; null, and
    /// then batch-norms that are fused with what follows are not computed for it. The tensors are disposed after the call.
    /// </summary>
    public Action<string, Tensor>? Outputs { get; init; }

    /// <summary>Images seen.</summary>
    public long Images { get; private set; }

    /// <summary>
    /// The spiking layers, in order: called after the batch-norm before them, in MS networks after the convolution or the classifier
    /// behind them.
    /// </summary>
    public IReadOnlyList<(string Name, NeuronActivity Activity)> Layers => layers;

    /// <summary>
    /// The convolutions' arithmetic so far: multiply-accumulates where the input is numbers, and accumulates where it is spikes, one for
    /// each weight that a spike reaches. A spike at the border or before a stride reaches fewer, and padding costs nothing. A sum of
    /// spikes (SEW) counts as that many.
    /// </summary>
    public (double Macs, double Accumulates) Arithmetic()
    {
        double accumulates = 0;
        foreach (var (spec, sums) in spikes)
        {
            int width = sums.Shape[1], channels = sums.Shape[2];
            float[] counts = sums.ToArray();
            int[] rows = spec.Reach(sums.Shape[0]), columns = spec.Reach(width);
            for (int i = 0; i < counts.Length; i++)
            {
                int pixel = i / channels;
                accumulates += (double)counts[i] * rows[pixel / width] * columns[pixel % width] * spec.Co;
            }
        }

        return (macs, accumulates);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, activity) in layers) activity.Dispose();
        foreach (var sums in spikes.Values) sums.Dispose();
    }

    /// <summary>A forward pass of so many images begins.</summary>
    internal void Begin(int images) => Images += images;

    /// <summary>Where a layer's neurons are counted.</summary>
    internal NeuronActivity Neurons(string layer)
    {
        var known = layers.Find(entry => entry.Name == layer).Activity;
        if (known is null) layers.Add((layer, known = new NeuronActivity()));
        return known;
    }

    /// <summary>A convolution is given x, [N, H, W, C].</summary>
    internal void Input(ConvBnSpec spec, Tensor x)
    {
        if (!countsInputs) return;
        if (!GetsSpikes(spec))
        {
            macs += (double)x.Shape[0] * spec.InnerMacs(x.Shape[1], x.Shape[2]);
            return;
        }

        using var sums = Ops.SumImages(x);
        if (!spikes.TryGetValue(spec, out var total))
        {
            spikes.Add(spec, total = Tensor.Persistent(x.Device, sums.Shape, new float[sums.Shape.Size]));
        }

        Ops.Accumulate(total, sums);
    }

    /// <summary>
    /// All convolutions of a spiking network do, but for the first where it sees the image, shortcuts of MS networks, which carry
    /// membranes, and those behind an average pooling.
    /// </summary>
    private bool GetsSpikes(ConvBnSpec spec) => model.IsSpiking
        && (spec != first || model.Encoder == Encoder.Poisson)
        && (model.Kind != ModelKind.Ms || spec.Role.Kind != LayerKind.Shortcut)
        && (model.Family != Family.Vgg || model.Pooling != Pooling.Average || spec.Role is not { Block: 0, Stage: > 0 });
}
