using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>Where and how large a convolution is; the network is built from these and so are its summary and its MAC count.</summary>
/// <param name="Conv">The convolution's name.</param>
/// <param name="Bn">The batch-norm's name.</param>
/// <param name="Ci">Input channels.</param>
/// <param name="Co">Output channels.</param>
/// <param name="Kernel">Kernel height and width.</param>
/// <param name="Stride">Stride.</param>
/// <param name="Padding">Padding.</param>
/// <param name="Role">What it is to its network.</param>
/// <param name="Site">The name of the activation that stands behind the batch-norm, or before the convolution; null for none.</param>
public sealed record ConvBnSpec(
    string Conv, string Bn, int Ci, int Co, int Kernel, int Stride, int Padding, LayerRole Role, string? Site = null)
{
    /// <summary>
    /// The names of its entries in the state but for the activation's, in order: the weight, batch-norm's four vectors and its count of
    /// batches.
    /// </summary>
    public IEnumerable<string> StateNames =>
    [
        $"{Conv}.weight", $"{Bn}.weight", $"{Bn}.bias", $"{Bn}.running_mean", $"{Bn}.running_var", $"{Bn}.num_batches_tracked",
    ];

    /// <summary>The block that it belongs to, layer1.0; its own name where it stands alone.</summary>
    public string Block => BlockOf(Conv);

    /// <summary>Of the convolution's weight.</summary>
    public Shape WeightShape => [Kernel, Kernel, Ci, Co];

    /// <summary>Height (or width) of the output for an input of that height.</summary>
    public int Output(int size) => ((size + (2 * Padding) - Kernel) / Stride) + 1;

    /// <summary>
    /// How many weights of one kernel row (or column) each input row reaches, by input row: fewer at the border and under a stride.
    /// </summary>
    public int[] Reach(int size)
    {
        var reach = new int[size];
        for (int output = 0; output < Output(size); output++)
        {
            for (int k = 0; k < Kernel; k++)
            {
                int input = (output * Stride) - Padding + k;
                if (input >= 0 && input < size) reach[input]++;
            }
        }

        return reach;
    }

    /// <summary>The block that a layer of that name belongs to: layer1.0 of layer1.0.act1.</summary>
    internal static string BlockOf(string layer) => string.Join('.', layer.Split('.').Take(2));

    /// <summary>Multiply-accumulates of one image whose input is not padding.</summary>
    public long InnerMacs(int height, int width) => (long)Reach(height).Sum() * Reach(width).Sum() * Ci * Co;
}

/// <summary>A convolution without bias, the batch-norm behind it, and the activation that goes with them, if one does.</summary>
internal sealed class ConvBn : IDisposable
{
    private readonly ConvBnSpec spec;
    private readonly Tensor weight, gamma, beta;
    private readonly RunningStatistics running;
    private readonly BatchCounter batches = new();
    private readonly ActivationSite? site;

    /// <summary>Where and how large.</summary>
    public ConvBnSpec Spec => spec;

    public ConvBn(Device device, ConvBnSpec spec, WeightInitializer initializer, float gammaStart, ActivationSite? site)
    {
        this.spec = spec;
        this.site = site;
        weight = Tensor.Parameter(
            device, spec.WeightShape, initializer.Uniform($"{spec.Conv}.weight", spec.WeightShape, spec.Ci * spec.Kernel * spec.Kernel));
        gamma = Tensor.Parameter(device, [spec.Co], Constant(spec.Co, gammaStart));
        beta = Tensor.Parameter(device, [spec.Co], Constant(spec.Co, 0f));
        running = new RunningStatistics(
            Tensor.Persistent(device, [spec.Co], Constant(spec.Co, 0f)), Tensor.Persistent(device, [spec.Co], Constant(spec.Co, 1f)));
    }

    /// <summary>Convolution and batch-norm.</summary>
    /// <param name="x">[T·N, H, W, Ci].</param>
    /// <param name="pass">Training or evaluation.</param>
    /// <param name="repeats">How many equal time-steps x stands for.</param>
    public Tensor Forward(Tensor x, Pass pass, int repeats = 1)
    {
        using var y = Convolve(x, pass);
        return Ops.BatchNorm(y, gamma, beta, running, pass.Trains, repeats: repeats);
    }

    /// <summary>Convolution, batch-norm, residual and activation, fused behind the convolution.</summary>
    /// <param name="x">[T·N, H, W, Ci], or [N, H, W, Ci] where every time-step sees the same.</param>
    /// <param name="pass">Training or evaluation.</param>
    /// <param name="residual">Added to the activation's input; or null.</param>
    /// <param name="once">Whether x has no time although neurons have.</param>
    public Tensor Activate(Tensor x, Pass pass, Tensor? residual = null, bool once = false)
    {
        using var y = Convolve(x, pass);
        if (site!.Neuron is not { } neuron) return Ops.BatchNormRelu(y, gamma, beta, running, pass.Trains, residual);
        using var decay = site.Decay();
        return Ops.BatchNormLif(
            y, gamma, beta, running, pass.Trains, residual, neuron, site.Timesteps, once, pass.Probe?.Neurons(spec.Bn), decay);
    }

    /// <summary>Activation, convolution and batch-norm.</summary>
    /// <param name="x">[T·N, H, W, Ci].</param>
    /// <param name="pass">Training or evaluation.</param>
    public Tensor ActivateBefore(Tensor x, Pass pass)
    {
        using var spikes = site!.Apply(x, pass, spec.Conv);
        return Forward(spikes, pass);
    }

    public IEnumerable<StateEntry> State()
    {
        yield return new($"{spec.Conv}.weight", weight, null);
        yield return new($"{spec.Bn}.weight", gamma, null);
        yield return new($"{spec.Bn}.bias", beta, null);
        yield return new($"{spec.Bn}.running_mean", running.Mean, null);
        yield return new($"{spec.Bn}.running_var", running.Variance, null);
        yield return new($"{spec.Bn}.num_batches_tracked", null, batches);
        if (site is null) yield break;
        foreach (var entry in site.State()) yield return entry;
    }

    public void Dispose()
    {
        foreach (var entry in State())
        {
            entry.Tensor?.ClearGradient();
            entry.Tensor?.Dispose();
        }
    }

    private Tensor Convolve(Tensor x, Pass pass)
    {
        pass.Probe?.Input(spec, x);
        var y = Ops.Conv2D(x, weight, null, spec.Stride, spec.Padding);
        if (pass.Probe?.Outputs is { } outputs) Show(y, pass.Trains, outputs);
        return y;
    }

    /// <summary>Shows the convolution's output, and the batch-norm's of it by itself, with statistics of which nothing is kept.</summary>
    private void Show(Tensor y, bool training, Action<string, Tensor> outputs)
    {
        using var suspension = Tape.NoGrad();
        outputs(spec.Conv, y);
        using Tensor mean = Tensor.From(y.Device, running.Mean.Shape, running.Mean.ToArray());
        using Tensor variance = Tensor.From(y.Device, running.Variance.Shape, running.Variance.ToArray());
        using var normalised = Ops.BatchNorm(y, gamma, beta, new RunningStatistics(mean, variance), training);
        outputs(spec.Bn, normalised);
    }

    private static float[] Constant(int count, float value)
    {
        var values = new float[count];
        Array.Fill(values, value);
        return values;
    }
}
