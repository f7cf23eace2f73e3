namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>
    /// Spiking neurons through time (Eq. 2, 3): U(t) = decay·U(t−1)·(1 − F(t−1)) + X(t), F(t) = U(t) &gt; U_th, or as the neuron says
    /// otherwise. Each call starts anew: no state survives it.
    /// </summary>
    /// <param name="x">Input current, [T·N, …].</param>
    /// <param name="neuron">The neuron.</param>
    /// <param name="timesteps">T.</param>
    /// <param name="activity">Counts what the neurons do, or null.</param>
    /// <param name="decay">The decay, [1], of a neuron that trains it, which gets a gradient; else null.</param>
    /// <returns>Spikes, 0 or 1, of x's shape.</returns>
    /// <exception cref="ArgumentException">
    /// T does not divide the first dimension, the neuron's constants make no sense, or a decay comes to a neuron that trains none.
    /// </exception>
    public static Tensor Lif(Tensor x, Neuron neuron, int timesteps, NeuronActivity? activity = null, Tensor? decay = null)
    {
        RequireTime("Lif", x, timesteps);
        var neurons = Population.Of("Lif", neuron, decay, x.Device, x.Shape, timesteps);
        if (x.Kind == ElementKind.BFloat16) x = Widen(x);
        if (activity is not null)
        {
            using var numbers = ToFloats(x);
            Observe(activity, new PlainCurrent(numbers.View), neurons, x.Shape, x.Device);
        }

        var spikes = Tensor.EmptySpikes(x.Device, x.Shape);
        neurons.Run(new LifLaunch(x, spikes));
        return Tape.Records(x, decay) ? Tape.Record(spikes, new LifNode(x, neurons)) : spikes;
    }

    /// <summary>Adds what neurons do to a layer's counts; the neurons are run once more for it.</summary>
    private static void Observe<TCurrent>(NeuronActivity activity, TCurrent current, Population neurons, Shape shape, Device device)
        where TCurrent : struct, ICurrent
    {
        int timesteps = neurons.Spec.Timesteps, images = shape[0] / timesteps;
        var (spikes, inWindow) = activity.Sums(device, timesteps, shape[1..], images);
        neurons.Run(new CountsLaunch<TCurrent>(current, spikes, inWindow, images));
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

    private readonly struct LifLaunch(Tensor x, Tensor spikes) : INeuronLaunch
    {
        public void Run<TNeuron>(TNeuron neuron)
            where TNeuron : struct, INeuron<TNeuron> =>
            RunOverSites(x.Device.Launcher, neuron.Spec.Sites, new LifForward<TNeuron>(x.View, spikes.SpikeView, neuron));
    }

    private readonly struct CountsLaunch<TCurrent>(TCurrent current, Tensor spikes, Tensor inWindow, int images) : INeuronLaunch
        where TCurrent : struct, ICurrent
    {
        public void Run<TNeuron>(TNeuron neuron)
            where TNeuron : struct, INeuron<TNeuron>
        {
            var launcher = spikes.Device.Launcher;
            int lanes = launcher.Plan.Lanes(inWindow.Shape[^1]);
            launcher.Run(
                new NeuronCounts<TCurrent, TNeuron>(current, spikes.View, inWindow.View, neuron, images), lanes,
                inWindow.Shape.Size / lanes);
        }
    }

    private sealed class LifNode : NeuronNode
    {
        private readonly Tensor x;

        public LifNode(Tensor x, Population neurons)
            : base(neurons, x) => this.x = Save(x);

        protected override void Backward(Tensor dY)
        {
            using var dX = Tensor.Empty(x.Device, x.Shape);
            RunBackward(dY, dX, Neurons.Spec.Sites, x.Shape.Rank > 1 ? x.Shape[^1] : 1);
            Give(0, dX);
        }

        protected override void Run<TNeuron, TSurrogate>(TNeuron neuron, Tensor dY, Tensor dX) => RunOverSites(
            x.Device.Launcher, neuron.Spec.Sites, new LifBackward<TNeuron, TSurrogate>(x.View, dY.View, dX.View, neuron));
    }
}
