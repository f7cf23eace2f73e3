using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>A CIFAR ResNet (3×3 stem, no max-pool, stages of residual blocks) or one of its spiking twins.</summary>
internal sealed class ResNet : Network
{
    private readonly ConvBn stem;
    private readonly Block[][] stages;
    private readonly ActivationSite? head;
    private readonly string headLayer;

    public ResNet(Device device, ModelSpec spec, LayerFactory layers, Normalization? normalization)
        : base(device, spec, layers, normalization)
    {
        var layout = new ResNetLayout(spec);
        stem = layers.Build(layout.Stem);
        stages = [.. layout.Stages().Select(stage => stage.Select(block => new Block(
            spec.Kind, [.. block.Path.Select(layers.Build)], block.Shortcut is null ? null : layers.Build(block.Shortcut))).ToArray())];
        head = layers.Site(layout.Head);
        headLayer = layout.Classifier[0].Name;
    }

    private protected override IEnumerable<StateEntry> ConvolutionState() =>
        [.. stem.State(), .. stages.SelectMany(stage => stage).SelectMany(block => block.State()), .. head?.State() ?? []];

    private protected override Tensor Convolve(Tensor x, Pass pass)
    {
        x = x.Then(image => Stem(image, pass));
        foreach (var stage in stages)
        {
            foreach (var block in stage) x = block.Forward(x, pass);
            pass.Taps?.Stage(x);
        }

        return head is null ? x : x.Then(membrane => head.Apply(membrane, pass, headLayer));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        stem.Dispose();
        head?.Dispose();
        foreach (var block in stages.SelectMany(stage => stage)) block.Dispose();
    }

    /// <summary>The first convolution with what follows it. Where every time-step sees the same image it runs once.</summary>
    private Tensor Stem(Tensor x, Pass pass)
    {
        if (Spec.Kind != ModelKind.Ms) return stem.Activate(x, pass, once: SeesOneImage);
        return SeesOneImage
            ? stem.Forward(x, pass, Spec.Timesteps).Then(once => Ops.RepeatOverTime(once, Spec.Timesteps))
            : stem.Forward(x, pass);
    }
}
