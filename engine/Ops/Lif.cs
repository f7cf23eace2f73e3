using Idsnn.Kernels;

namespace Idsnn.Engine;

/// <summary>What stands for the firing step's derivative in the backward pass.</summary>
public enum Surrogate
{
    /// <summary>Eq. 4: 1/(2·width) within width of the threshold.</summary>
    Rectangle,

    /// <summary>(1/width)·max(0, 1 − |v|/width).</summary>
    Triangle,

    /// <summary>A logistic function's derivative.</summary>
    Sigmoid,

    /// <summary>An arctangent's derivative.</summary>
    Arctan,
}

/// <summary>What firing does to the membrane.</summary>
public enum Reset
{
    /// <summary>Empties it.</summary>
    Hard,

    /// <summary>Subtracts the threshold.</summary>
    Soft,
}

/// <summary>A leaky integrate-and-fire neuron. The defaults are those of the paper's authors.</summary>
/// <param name="Decay">e^(−1/τ); 0.25 is τ = 1/ln 4.</param>
/// <param name="Threshold">U_th.</param>
/// <param name="Width">The surrogate's half width ("lens").</param>
/// <param name="Surrogate">The surrogate's shape.</param>
/// <param name="Reset">Hard or soft.</param>
/// <param name="DetachReset">Whether the backward pass takes the reset as a constant.</param>
public sealed record Neuron(
    float Decay = 0.25f, float Threshold = 0.5f, float Width = 0.5f, Surrogate Surrogate = Surrogate.Rectangle, Reset Reset = Reset.Hard,
    bool DetachReset = true);

public static partial class Ops
{
    /// <summary>
    /// Leaky integrate-and-fire neurons through time (Eq. 2, 3): U(t) = decay·U(t−1)·(1 − F(t−1)) + X(t), F(t) = U(t) &gt; U_th. Each
    /// call starts from rest: no state survives it.
    /// </summary>
    /// <param name="x">Input current, [T·N, …].</param>
    /// <param name="neuron">The neuron.</param>
    /// <param name="timesteps">T.</param>
    /// <param name="activity">Counts what the neurons do, or null.</param>
    /// <returns>Spikes, 0 or 1, of x's shape.</returns>
    /// <exception cref="ArgumentException">T does not divide the first dimension, or the neuron's constants make no sense.</exception>
    public static Tensor Lif(Tensor x, Neuron neuron, int timesteps, NeuronActivity? activity = null)
    {
        RequireTime("Lif", x, timesteps);
        var spec = SpecOf("Lif", neuron, x.Shape, timesteps);
        if (x.Kind == ElementKind.BFloat16) x = Widen(x);
        if (activity is not null)
        {
            using var numbers = ToFloats(x);
            Observe(activity, new PlainCurrent(numbers.View), spec, x.Shape, x.Device);
        }

        var spikes = Tensor.EmptySpikes(x.Device, x.Shape);
        RunOverSites(x.Device.Launcher, spec.Sites, new LifForward(x.View, spikes.SpikeView, spec));
        return Tape.Records(x) ? Tape.Record(spikes, new LifNode(x, spec, neuron.Surrogate)) : spikes;
    }

    /// <summary>Adds what neurons do to a layer's counts; the neurons are run once more for it.</summary>
    private static void Observe<TCurrent>(NeuronActivity activity, TCurrent current, LifSpec spec, Shape shape, Device device)
        where TCurrent : struct, ICurrent
    {
        Shape places = shape[1..];
        int images = shape[0] / spec.Timesteps, lanes = device.Launcher.Plan.Lanes(shape[^1]);
        var (spikes, inWindow) = activity.Sums(device, spec.Timesteps, places, images);
        device.Launcher.Run(
            new NeuronCounts<TCurrent>(current, spikes.View, inWindow.View, spec, images), lanes, places.Size / lanes);
    }

    private static LifSpec SpecOf(string op, Neuron neuron, Shape shape, int timesteps)
    {
        Require.That(
            neuron.Decay is >= 0f and <= 1f && neuron.Width > 0f,
            $"{op}: decay must lie in [0, 1] and the surrogate's width above 0, got {neuron.Decay} and {neuron.Width}");
        return new LifSpec(
            timesteps, shape.Size / timesteps, neuron.Decay, neuron.Threshold, neuron.Width, neuron.Reset == Reset.Soft,
            !neuron.DetachReset);
    }

    private static void RequireTime(string op, Tensor x, int timesteps) => Require.That(
        timesteps >= 1 && x.Shape.Rank >= 1 && x.Shape[0] % timesteps == 0,
        $"{op}: x must be [T·N, ...] with T = {timesteps} at least 1, got {x.Shape}");

    private static void RunOverSites<K>(Launcher launcher, int sites, in K kernel)
        where K : struct, ILaneKernel
    {
        int lanes = launcher.Plan.Lanes(sites);
        launcher.Run(kernel, lanes, sites / lanes);
    }

    /// <summary>A node whose backward runs a kernel made for one surrogate.</summary>
    private abstract class SurrogateNode(Surrogate surrogate, params ReadOnlySpan<Tensor?> inputs) : Node(inputs)
    {
        protected void RunSurrogate(Tensor dY, Tensor dX)
        {
            switch (surrogate)
            {
                case Surrogate.Rectangle: Run<RectangleSurrogate>(dY, dX); break;
                case Surrogate.Triangle: Run<TriangleSurrogate>(dY, dX); break;
                case Surrogate.Sigmoid: Run<SigmoidSurrogate>(dY, dX); break;
                case Surrogate.Arctan: Run<ArctanSurrogate>(dY, dX); break;
                default: throw new ArgumentException($"Lif: no surrogate is called {surrogate}");
            }
        }

        protected abstract void Run<TSurrogate>(Tensor dY, Tensor dX)
            where TSurrogate : struct, ISurrogate;
    }

    private sealed class LifNode : SurrogateNode
    {
        private readonly Tensor x;
        private readonly LifSpec spec;

        public LifNode(Tensor x, LifSpec spec, Surrogate surrogate)
            : base(surrogate, x)
        {
            this.x = Save(x);
            this.spec = spec;
        }

        protected override void Backward(Tensor dY)
        {
            using var dX = Tensor.Empty(x.Device, x.Shape);
            RunSurrogate(dY, dX);
            Give(0, dX);
        }

        protected override void Run<TSurrogate>(Tensor dY, Tensor dX) =>
            RunOverSites(x.Device.Launcher, spec.Sites, new LifBackward<TSurrogate>(x.View, dY.View, dX.View, spec));
    }
}
