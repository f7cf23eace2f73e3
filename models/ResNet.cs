using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>
/// The CIFAR ResNet (3×3 stem, four stages, no max-pool) and its spiking twins. A spiking network folds time into the batch; its
/// logits are the mean over time of the per-step read-outs.
/// </summary>
public sealed class ResNet : IDisposable
{
    private readonly ConvBn stem;
    private readonly List<Block> blocks = [];
    private readonly Tensor weight, bias;
    private readonly PixelScale? pixels;
    private readonly BatchCounter[] counters;

    /// <summary>Builds the network with random weights, or for <see cref="Load"/> to fill.</summary>
    /// <param name="device">Where.</param>
    /// <param name="spec">What.</param>
    /// <param name="seed">Of the weights; null leaves them zero, for those who load others.</param>
    /// <param name="gammaStart">Batch-norm's γ at the start; 1, or the authors' U_th.</param>
    /// <param name="normalization">How images were normalised: the Poisson encoder needs it, to get back to [0, 1].</param>
    public ResNet(Device device, ModelSpec spec, ulong? seed, float gammaStart = 1f, Normalization? normalization = null)
    {
        spec.Validate();
        if (spec.Encoder == Encoder.Poisson && normalization is null)
        {
            throw new ArgumentException("the Poisson encoder needs to know how the images were normalised");
        }

        Device = device;
        Spec = spec;
        var initializer = new WeightInitializer(seed);
        ConvBn Build(ConvBnSpec layer) => new(device, layer, initializer, gammaStart);
        stem = Build(ResNetLayout.Stem(spec));
        foreach (var block in ResNetLayout.Blocks(spec))
        {
            blocks.Add(new Block(spec, [.. block.Path.Select(Build)], block.Shortcut is null ? null : Build(block.Shortcut)));
        }

        int features = ResNetLayout.Features(spec);
        weight = Tensor.Parameter(
            device, [features, spec.Classes], initializer.Uniform("fc.weight", [features, spec.Classes], features));
        bias = Tensor.Parameter(device, [spec.Classes], initializer.Uniform("fc.bias", [spec.Classes], features));
        counters = [.. State().Select(entry => entry.Counter).OfType<BatchCounter>()];
        if (spec.Encoder == Encoder.Poisson) pixels = new PixelScale(device, normalization!);
    }

    /// <summary>Where it lies.</summary>
    public Device Device { get; }

    /// <summary>What it is.</summary>
    public ModelSpec Spec { get; }

    /// <summary>The tensors that gradient descent changes.</summary>
    public IEnumerable<Tensor> Parameters => State().Where(entry => entry.IsParameter).Select(entry => entry.Tensor!);

    /// <summary>Images to logits.</summary>
    /// <param name="images">[N, H, W, 3], normalised.</param>
    /// <param name="training">Whether batch-norm uses (and updates from) the batch's statistics.</param>
    /// <param name="seed">Of the Poisson encoder.</param>
    /// <param name="draw">Which batch this is, for the Poisson encoder; null for number 0.</param>
    /// <param name="perStep">Whether to give the read-out of each time-step instead of their mean.</param>
    /// <param name="probe">Looks at what the layers do, or null.</param>
    /// <returns>[N, classes], or [T·N, classes] per step.</returns>
    public Tensor Forward(
        Tensor images, bool training, ulong seed = 0, DrawNumber? draw = null, bool perStep = false, ForwardProbe? probe = null)
    {
        int timesteps = Spec.Timesteps;
        probe?.Begin(images.Shape[0]);
        if (training) CountBatch();
        var x = Stem(images, training, seed, draw, probe);
        foreach (var block in blocks) x = block.Forward(x, training, probe);
        if (Spec.Kind == ModelKind.Ms) x = x.Then(membrane => Ops.Lif(membrane, Spec.Neuron!, timesteps, probe?.Neurons("fc")));
        x = x.Then(Ops.GlobalAveragePool);
        if (timesteps > 1 && !perStep) x = x.Then(features => Ops.MeanOverTime(features, timesteps));
        return x.Then(features => Ops.Linear(features, weight, bias));
    }

    /// <summary>
    /// Counts a batch that batch-norm was trained on: what a forward pass in training changes on the host, and a replay of one does not.
    /// </summary>
    public void CountBatch()
    {
        foreach (var counter in counters) counter.Value++;
    }

    /// <summary>The first convolution with what follows it. Under direct encoding every time-step sees the same image, so it runs once.</summary>
    private Tensor Stem(Tensor images, bool training, ulong seed, DrawNumber? draw, ForwardProbe? probe)
    {
        int timesteps = Spec.Timesteps;
        bool fires = Spec.Kind is ModelKind.Spiking or ModelKind.Sew;
        if (pixels is not null)
        {
            return pixels.Restore(images)
                .Then(unit => Ops.Poisson(unit, timesteps, seed, draw))
                .Then(spikes => fires
                    ? stem.Fire(spikes, training, null, Spec.Neuron!, timesteps, probe: probe)
                    : stem.Forward(spikes, training, probe: probe));
        }

        if (fires) return stem.Fire(images, training, null, Spec.Neuron!, timesteps, once: true, probe);
        return Spec.IsSpiking
            ? stem.Forward(images, training, timesteps, probe).Then(once => Ops.RepeatOverTime(once, timesteps))
            : stem.Rectify(images, training, null, probe);
    }

    /// <summary>Everything a checkpoint holds, under PyTorch's names and in PyTorch's order.</summary>
    public IEnumerable<StateEntry> State() =>
    [
        .. stem.State(),
        .. blocks.SelectMany(block => block.State()),
        new StateEntry("fc.weight", weight, null),
        new StateEntry("fc.bias", bias, null),
    ];

    /// <summary>Copies the state to the host.</summary>
    public Dictionary<string, StoredTensor> Save() => State().ToDictionary(
        entry => entry.Name,
        entry => entry.Counter is { } counter
            ? new StoredTensor([], [counter.Value])
            : entry.Save());

    /// <summary>Replaces the whole state.</summary>
    /// <param name="state">Tensors by name; others than the network's are ignored.</param>
    /// <exception cref="InvalidDataException">
    /// One is missing, of another shape, or holds what is no finite number or a negative variance; nothing has changed then.
    /// </exception>
    public void Load(IReadOnlyDictionary<string, StoredTensor> state)
    {
        StateLayout.RequireFit(Spec, state);
        foreach (var entry in State())
        {
            var stored = state.GetValueOrDefault(entry.Name);
            if (entry.Counter is { } counter) counter.Value = stored?.Integers![0] ?? 0;
            else entry.Load(stored!.Floats!);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pixels?.Dispose();
        stem.Dispose();
        foreach (var block in blocks) block.Dispose();
        foreach (var tensor in (ReadOnlySpan<Tensor>)[weight, bias])
        {
            tensor.ClearGradient();
            tensor.Dispose();
        }
    }
}
