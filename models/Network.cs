using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>
/// What all networks have in common: an input encoder, layers of convolutions, global average pooling and a classifier. A spiking network
/// folds time into the batch; its logits are the mean over time of the per-step read-outs.
/// </summary>
public abstract class Network : INetwork
{
    private readonly Classifier classifier;
    private readonly PixelScale? pixels;
    private BatchCounter[]? counters;

    private protected Network(Device device, ModelSpec spec, LayerFactory layers, Normalization? normalization)
    {
        Device = device;
        Spec = spec;
        classifier = new Classifier(spec, layers);
        if (spec.Encoder == Encoder.Poisson) pixels = new PixelScale(device, normalization!);
    }

    /// <inheritdoc/>
    public Device Device { get; }

    /// <inheritdoc/>
    public ModelSpec Spec { get; }

    /// <summary>Builds a network with random weights, or for <see cref="NetworkState.Load"/> to fill.</summary>
    /// <param name="device">Where its tensors lie.</param>
    /// <param name="spec">What it is.</param>
    /// <param name="seed">Of the weights; null leaves them zero, for those who load others.</param>
    /// <param name="gammaStart">Batch-norm's γ at the start; 1, or the authors' U_th.</param>
    /// <param name="normalization">How images were normalised: the Poisson encoder needs it, to get back to [0, 1].</param>
    /// <exception cref="ArgumentException">There is no such network; the message says which value is wrong.</exception>
    public static INetwork Create(
        Device device, ModelSpec spec, ulong? seed, float gammaStart = 1f, Normalization? normalization = null)
    {
        spec.Validate();
        if (spec.Encoder == Encoder.Poisson && normalization is null)
        {
            throw new ArgumentException("the Poisson encoder needs to know how the images were normalised");
        }

        var layers = new LayerFactory(device, spec, new WeightInitializer(seed), gammaStart);
        return spec.Family switch
        {
            Family.Vgg => new Vgg(device, spec, layers, normalization),
            _ => new ResNet(device, spec, layers, normalization),
        };
    }

    /// <inheritdoc/>
    public IEnumerable<StateEntry> State() => [.. ConvolutionState(), .. classifier.State()];

    /// <inheritdoc/>
    public Tensor Forward(Tensor images, Pass pass)
    {
        pass.Probe?.Begin(images.Shape[0] / (Spec.Encoder == Encoder.Frames ? Spec.Timesteps : 1));
        if (pass.Trains) CountBatch();
        var features = Convolve(Encode(images, pass), pass).Then(Ops.GlobalAveragePool);
        pass.Taps?.Pooled(features);
        return classifier.Forward(features, pass);
    }

    /// <inheritdoc/>
    public void CountBatch()
    {
        counters ??= [.. State().Select(entry => entry.Counter).OfType<BatchCounter>()];
        foreach (var counter in counters) counter.Value++;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the device's memory.</summary>
    protected virtual void Dispose(bool disposing)
    {
        pixels?.Dispose();
        classifier.Dispose();
    }

    /// <summary>Whether each time-step sees the same image, so that what depends on it alone is computed once.</summary>
    private protected bool SeesOneImage => Spec.Encoder == Encoder.Direct;

    /// <summary>The entries of the convolutions and batch-norms, in PyTorch's order.</summary>
    private protected abstract IEnumerable<StateEntry> ConvolutionState();

    /// <summary>From what the encoder gives, which it consumes, to the last activation, [T·N, H, W, C].</summary>
    private protected abstract Tensor Convolve(Tensor x, Pass pass);

    /// <summary>The images or frames as they are, or a Poisson train of spikes made of them.</summary>
    private Tensor Encode(Tensor images, Pass pass)
    {
        if (pixels is null) return images.Reshape(images.Shape);
        return pixels.Restore(images).Then(unit => Ops.Poisson(unit, Spec.Timesteps, pass.Seed, pass.Draw));
    }
}
