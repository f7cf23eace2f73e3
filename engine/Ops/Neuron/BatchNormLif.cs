namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>
    /// Batch-norm, residual addition and spiking neurons in one: Lif(BatchNorm(y) + residual), with two passes over y forward (statistics,
    /// firing), spikes as bytes, and nothing saved but y, the residual and the statistics: the backward pass computes membranes again, and
    /// where there is no residual the spikes for whoever wants them.
    /// </summary>
    /// <param name="y">
    /// A convolution's output, [T·N, H, W, C]; or [N, H, W, C] where every time-step sees the same (the stem under direct encoding).
    /// </param>
    /// <param name="gamma">γ, [C].</param>
    /// <param name="beta">β, [C].</param>
    /// <param name="running">The running statistics.</param>
    /// <param name="training">Batch statistics, or running ones.</param>
    /// <param name="residual">[T·N, H, W, C], numbers or spikes, added to the neuron's input; or null.</param>
    /// <param name="neuron">The neuron.</param>
    /// <param name="timesteps">T.</param>
    /// <param name="once">Whether y has no time.</param>
    /// <param name="activity">Counts what the neurons do, or null.</param>
    /// <param name="decay">The decay, [1], of a neuron that trains it, which gets a gradient; else null.</param>
    /// <returns>Spikes, [T·N, H, W, C].</returns>
    /// <exception cref="ArgumentException">
    /// Shapes that do not fit, a neuron whose constants make no sense, or a decay that comes to a neuron that trains none.
    /// </exception>
    public static Tensor BatchNormLif(
        Tensor y, Tensor gamma, Tensor beta, RunningStatistics running, bool training, Tensor? residual, Neuron neuron, int timesteps,
        bool once = false, NeuronActivity? activity = null, Tensor? decay = null)
    {
        if (!once) RequireTime("BatchNormLif", y, timesteps);
        Shape shape = once ? [timesteps * y.Shape[0], .. y.Shape[1..]] : y.Shape;
        Require.That(
            residual is null || residual.Shape == shape, $"BatchNormLif: the residual must be {shape}, got {residual?.Shape}");
        Require.OneDevice("BatchNormLif", y.Device, residual?.Device);
        var neurons = Population.Of("BatchNormLif", neuron, decay, y.Device, shape, timesteps);
        if (y.Kind == ElementKind.BFloat16 && (!y.Device.Uses(FastPath.Neurons) || !Unrolls(timesteps)))
        {
            // Sums of many time-steps, and membranes that do not fit registers, want float32.
            y = Widen(y);
        }

        using var statistics = ChannelStatistics.Of(
            "BatchNormLif", y, gamma, beta, running, training, RunningStatistics.Momentum, RunningStatistics.Epsilon,
            once ? timesteps : 1);
        var entry = new Current(y, gamma, beta, statistics, residual, once, neurons.Spec.Sites / shape[^1]);
        if (activity is not null) Observe(activity, entry, neurons, shape);
        if (y.Kind == ElementKind.BFloat16) return FireOctets(y, gamma, beta, statistics, residual, neurons, once, shape);
        using var widened = residual is { Kind: ElementKind.BFloat16 or ElementKind.SpikeBits } ? ToFloats(residual) : null;
        var spikes = Tensor.EmptySpikes(y.Device, shape);
        if (residual is null) Fire(entry, default(NoImage), spikes, neurons);
        else if (residual.IsSpikeBytes) Fire(entry, new SpikeImage(residual.SpikeView), spikes, neurons);
        else Fire(entry, new FloatImage((widened ?? residual).View), spikes, neurons);
        return Tape.Records(y, gamma, beta, residual, decay)
            ? Tape.Record(spikes, new BatchNormLifNode(entry, neurons))
            : spikes;
    }

    private static void Observe(NeuronActivity activity, Current entry, Population neurons, Shape shape)
    {
        using var y = ToFloats(entry.Y);
        using var residual = entry.Residual is null ? null : ToFloats(entry.Residual);
        var numbers = entry with { Y = y };
        if (residual is null) Observe(activity, numbers.Source(default(NoImage)), neurons, shape, y.Device);
        else Observe(activity, numbers.Source(new FloatImage(residual.View)), neurons, shape, y.Device);
    }

    private static void Fire<TResidual>(Current entry, TResidual residual, Tensor spikes, Population neurons)
        where TResidual : struct, IImage => neurons.Run(new BatchNormLifLaunch<TResidual>(entry, residual, spikes));

    private readonly struct BatchNormLifLaunch<TResidual>(Current entry, TResidual residual, Tensor spikes) : INeuronLaunch
        where TResidual : struct, IImage
    {
        public void Run<TNeuron>(TNeuron neuron)
            where TNeuron : struct, INeuron<TNeuron>
        {
            var launcher = spikes.Device.Launcher;
            int lanes = launcher.Plan.Lanes(entry.Channels);
            launcher.Run(
                new BatchNormLifForward<TResidual, TNeuron>(entry.Source(residual), spikes.SpikeView, neuron), lanes,
                neuron.Spec.Sites / lanes);
        }
    }

    /// <summary>The tensors behind a neuron's input current.</summary>
    private sealed record Current(
        Tensor Y, Tensor Gamma, Tensor Beta, ChannelStatistics Statistics, Tensor? Residual, bool Once, int Rows)
    {
        public int Channels => Statistics.Spec.Channels;

        public CurrentSource<TResidual> Source<TResidual>(TResidual residual)
            where TResidual : struct, IImage => new(
            Y.View, Statistics.Mean.View, Statistics.Inverse.View, Gamma.View, Beta.View, residual, Once, Rows, Channels);
    }

    private sealed class BatchNormLifNode : NeuronNode
    {
        private readonly Current entry;
        private readonly Func<Tensor>? residual;

        public BatchNormLifNode(Current entry, Population neurons)
            : base(neurons, entry.Y, entry.Gamma, entry.Beta, entry.Residual)
        {
            var statistics = entry.Statistics;
            this.entry = entry with
            {
                Y = Save(entry.Y),
                Gamma = Save(entry.Gamma),
                Beta = Save(entry.Beta),
                Residual = null,
                Statistics = statistics with { Mean = Save(statistics.Mean), Inverse = Save(statistics.Inverse) },
            };
            residual = entry.Residual is null ? null : Keep(entry.Residual);
        }

        // Not with a residual: it may have to be computed again itself, and so on to the first block.
        public override bool CanRecompute => residual is null;

        public override Tensor Recompute()
        {
            var spikes = Tensor.UntrackedSpikes(entry.Y.Device, Output.Shape);
            Fire(entry, default(NoImage), spikes, Neurons);
            return spikes;
        }

        protected override void Backward(Tensor dY)
        {
            using var dCurrent = Tensor.Empty(dY.Device, dY.Shape);
            RunBackward(dY, dCurrent, Neurons.Spec.Sites, entry.Channels);
            Give(3, dCurrent);
            using var dNormal = entry.Once ? Sum(dCurrent, Neurons.Spec.Timesteps, 1f) : dCurrent.Share(dCurrent.Shape);
            var (dGamma, dBeta) = ParameterGradients(entry.Y, dNormal, entry.Statistics);
            using (dGamma)
            using (dBeta)
            {
                Give(1, dGamma);
                Give(2, dBeta);
                if (!Needs(0)) return;

                // In place, unless the residual took the gradient.
                using var dX = Needs(3) && !entry.Once ? Tensor.Empty(dY.Device, entry.Y.Shape) : dNormal.Share(entry.Y.Shape);
                BatchNormInputGradient(entry.Y, dNormal, entry.Gamma, entry.Statistics, dGamma, dBeta, dX);
                Give(0, dX);
            }
        }

        protected override void Run<TNeuron, TSurrogate>(TNeuron neuron, Tensor dY, Tensor dX)
        {
            using var side = residual?.Invoke();
            if (side is null) Run<NoImage, TNeuron, TSurrogate>(default, neuron, dY, dX);
            else if (side.IsSpikeBytes) Run<SpikeImage, TNeuron, TSurrogate>(new(side.SpikeView), neuron, dY, dX);
            else
            {
                using var numbers = ToFloats(side);
                Run<FloatImage, TNeuron, TSurrogate>(new(numbers.View), neuron, dY, dX);
            }
        }

        private void Run<TResidual, TNeuron, TSurrogate>(TResidual residual, TNeuron neuron, Tensor dY, Tensor dX)
            where TResidual : struct, IImage
            where TNeuron : struct, INeuron<TNeuron>
            where TSurrogate : struct, ISurrogate
        {
            int lanes = dY.Device.Launcher.Plan.Lanes(entry.Channels);
            dY.Device.Launcher.Run(
                new BatchNormLifBackward<TResidual, TNeuron, TSurrogate>(entry.Source(residual), dY.View, dX.View, neuron), lanes,
                neuron.Spec.Sites / lanes);
        }
    }
}
