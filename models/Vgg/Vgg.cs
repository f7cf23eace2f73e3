using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>A VGG with batch-norm, ordinary or spiking: <see cref="VggLayout"/>.</summary>
internal sealed class Vgg : Network
{
    private readonly ConvBn[][] stages;

    public Vgg(Device device, ModelSpec spec, LayerFactory layers, Normalization? normalization)
        : base(device, spec, layers, normalization) =>
        stages = [.. new VggLayout(spec).Stages().Select(stage => stage.Select(layers.Build).ToArray())];

    private protected override IEnumerable<StateEntry> ConvolutionState() =>
        stages.SelectMany(stage => stage).SelectMany(layer => layer.State());

    private protected override Tensor Convolve(Tensor x, Pass pass)
    {
        bool once = SeesOneImage;
        foreach (var stage in stages)
        {
            foreach (var layer in stage)
            {
                x = x.Then(input => layer.Activate(input, pass, once: once));
                once = false;
            }

            if (VggLayout.Pools(Math.Min(x.Shape[1], x.Shape[2]))) x = x.Then(Reduce);
            pass.Taps?.Stage(x);
        }

        return x;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        foreach (var layer in stages.SelectMany(stage => stage)) layer.Dispose();
    }

    private Tensor Reduce(Tensor x) => Spec.Pooling == Pooling.Average
        ? Ops.AveragePool2D(x, VggLayout.Pool, VggLayout.Pool, VggLayout.Pool)
        : Ops.MaxPool2D(x, VggLayout.Pool, VggLayout.Pool);
}
