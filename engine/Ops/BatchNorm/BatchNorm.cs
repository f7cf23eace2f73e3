namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>
    /// y = γ (x − μ)/√(σ² + ε) + β per channel (Eq. 5). In training μ and σ² are the batch's, over every dimension but the last, so
    /// with time folded into the batch over T, N, H, W; the running statistics move towards them. In evaluation they are the running
    /// ones.
    /// </summary>
    /// <param name="x">[…, C].</param>
    /// <param name="gamma">γ, [C].</param>
    /// <param name="beta">β, [C].</param>
    /// <param name="running">The running statistics.</param>
    /// <param name="training">Batch statistics, or running ones.</param>
    /// <param name="momentum">How far the running statistics move: 0.1 moves a tenth of the way.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="repeats">How many equal time-steps each row stands for; it enters the unbiased running variance alone.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static Tensor BatchNorm(
        Tensor x, Tensor gamma, Tensor beta, RunningStatistics running, bool training, float momentum = RunningStatistics.Momentum,
        float epsilon = RunningStatistics.Epsilon, int repeats = 1)
    {
        using var statistics = ChannelStatistics.Of("BatchNorm", x, gamma, beta, running, training, momentum, epsilon, repeats);
        var y = Tensor.Empty(x.Device, x.Shape, x.Kind);
        Normalize(x, gamma, beta, statistics, y);
        return Tape.Records(x, gamma, beta) ? Tape.Record(y, new BatchNormNode(x, gamma, beta, statistics)) : y;
    }

    private static void Normalize(Tensor x, Tensor gamma, Tensor beta, ChannelStatistics statistics, Tensor y)
    {
        var spec = statistics.Spec;
        if (x.Kind == ElementKind.BFloat16)
        {
            NormalizeOctets(x, gamma, beta, statistics, null, false, y);
            return;
        }

        int lanes = x.Device.Launcher.Plan.Lanes(spec.Channels);
        x.Device.Launcher.Run(
            new BatchNormNormalize(
                x.View, statistics.Mean.View, statistics.Inverse.View, gamma.View, beta.View, y.View, spec.Rows, spec.Channels),
            lanes,
            RowBlocks(spec.Rows) * (spec.Channels / lanes));
    }

    private static int Chunks(BatchNormSpec spec) => (spec.Rows + spec.ChunkRows - 1) / spec.ChunkRows;

    private static int RowBlocks(int rows) => (rows + BatchNormNormalize.Rows - 1) / BatchNormNormalize.Rows;

    /// <summary>dγ = Σ dY·x̂ and dβ = Σ dY, in chunks, then over the chunks.</summary>
    private static (Tensor Gamma, Tensor Beta) ParameterGradients(Tensor x, Tensor dY, ChannelStatistics statistics)
    {
        var spec = statistics.Spec;
        int c = spec.Channels, chunks = Chunks(spec), lanes = dY.Device.Launcher.Plan.Lanes(c);
        using var sums = Tensor.Empty(dY.Device, [chunks, c]);
        using var products = Tensor.Empty(dY.Device, [chunks, c]);
        if (x.Kind == ElementKind.BFloat16) GradientSumsOfOctets(x, dY, statistics, sums, products);
        else dY.Device.Launcher.Run(
            new BatchNormGradientSums(x.View, dY.View, statistics.Mean.View, statistics.Inverse.View, sums.View, products.View, spec),
            lanes,
            chunks * (c / lanes));
        return (ColumnSums(products, c), ColumnSums(sums, c));
    }

    /// <summary>dX from dY, the statistics and dγ, dβ; into dY where the caller gives it as the target.</summary>
    private static void BatchNormInputGradient(
        Tensor x, Tensor dY, Tensor gamma, ChannelStatistics statistics, Tensor dGamma, Tensor dBeta, Tensor target)
    {
        var launcher = dY.Device.Launcher;
        var spec = statistics.Spec;
        if (x.Kind == ElementKind.BFloat16)
        {
            InputGradientOfOctets(x, dY, gamma, statistics, dGamma, dBeta, target);
            return;
        }

        int lanes = launcher.Plan.Lanes(spec.Channels);
        launcher.Run(
            new BatchNormInputGradient(
                x.View, dY.View, statistics.Mean.View, statistics.Inverse.View, gamma.View, dGamma.View, dBeta.View, target.View, spec,
                statistics.Training ? 1f / spec.Rows : 0f),
            lanes,
            RowBlocks(spec.Rows) * (spec.Channels / lanes));
    }

    /// <summary>Mean and 1/√(σ² + ε) per channel, of the batch or running.</summary>
    private sealed record ChannelStatistics(Tensor Mean, Tensor Inverse, BatchNormSpec Spec, bool Training) : IDisposable
    {
        public static ChannelStatistics Of(
            string op, Tensor x, Tensor gamma, Tensor beta, RunningStatistics running, bool training, float momentum, float epsilon,
            int repeats)
        {
            Require.That(x.Shape.Rank >= 2, $"{op}: x must be [..., C], got {x.Shape}");
            Require.OneDevice(op, x.Device, gamma.Device, beta.Device, running.Mean.Device, running.Variance.Device);
            Shape channels = [x.Shape[^1]];
            foreach (var (name, tensor) in (ReadOnlySpan<(string, Tensor)>)
                [("gamma", gamma), ("beta", beta), ("running mean", running.Mean), ("running variance", running.Variance)])
            {
                Require.That(tensor.Shape == channels, $"{op}: {name} must be {channels} for x {x.Shape}, got {tensor.Shape}");
            }

            var launcher = x.Device.Launcher;
            int c = x.Shape[^1], rows = x.Shape.Size / c, lanes = launcher.Plan.Lanes(c), groups = c / lanes;
            var spec = new BatchNormSpec(rows, c, launcher.Plan.SliceRows(rows, groups, lanes, c), repeats, epsilon, momentum);
            var inverse = Tensor.Empty(x.Device, channels);
            if (!training)
            {
                launcher.Run(new BatchNormInverse(running.Variance.View, inverse.View, epsilon), lanes, groups);
                return new ChannelStatistics(running.Mean.Share(channels), inverse, spec, false);
            }

            int chunks = Chunks(spec);
            using var means = Tensor.Empty(x.Device, [chunks, c]);
            using var deviations = Tensor.Empty(x.Device, [chunks, c]);
            if (x.Kind == ElementKind.BFloat16)
            {
                launcher.Run(new OctetMoments(x.BFloat16, means.View, deviations.View, spec), chunks * (c / 8));
            }
            else launcher.Run(new BatchNormMoments(x.View, means.View, deviations.View, rows, c, spec.ChunkRows), lanes, chunks * groups);
            return new ChannelStatistics(Merge(means, deviations, spec, running, inverse), inverse, spec, true);
        }

        /// <summary>Merges the chunks' moments, in as many rounds as the device likes; gives the mean.</summary>
        private static Tensor Merge(Tensor means, Tensor deviations, BatchNormSpec spec, RunningStatistics running, Tensor inverse)
        {
            var launcher = means.Device.Launcher;
            int c = spec.Channels, lanes = launcher.Plan.Lanes(c), groups = c / lanes, each = launcher.Plan.RoundRows ?? int.MaxValue;
            if (Chunks(spec) <= each)
            {
                var mean = Tensor.Empty(means.Device, [c]);
                launcher.Run(
                    new BatchNormStatistics(
                        means.View, deviations.View, mean.View, inverse.View, running.Mean.View, running.Variance.View, spec),
                    lanes,
                    groups);
                return mean;
            }

            var merged = spec with { ChunkRows = each * spec.ChunkRows };
            using var fewerMeans = Tensor.Empty(means.Device, [Chunks(merged), c]);
            using var fewerDeviations = Tensor.Empty(means.Device, [Chunks(merged), c]);
            launcher.Run(
                new BatchNormMerge(means.View, deviations.View, fewerMeans.View, fewerDeviations.View, spec, each),
                lanes,
                Chunks(merged) * groups);
            return Merge(fewerMeans, fewerDeviations, merged, running, inverse);
        }

        public void Dispose()
        {
            Mean.Dispose();
            Inverse.Dispose();
        }
    }

    private sealed class BatchNormNode : Node
    {
        private readonly Tensor x, gamma, beta;
        private readonly ChannelStatistics statistics;

        public BatchNormNode(Tensor x, Tensor gamma, Tensor beta, ChannelStatistics statistics)
            : base(x, gamma, beta)
        {
            this.x = Save(x);
            this.gamma = Save(gamma);
            this.beta = Save(beta);
            this.statistics = statistics with { Mean = Save(statistics.Mean), Inverse = Save(statistics.Inverse) };
        }

        public override bool CanRecompute => true;

        public override Tensor Recompute()
        {
            var y = Tensor.Untracked(x.Device, x.Shape, x.Kind);
            Normalize(x, gamma, beta, statistics, y);
            return y;
        }

        protected override void Backward(Tensor dY)
        {
            var (dGamma, dBeta) = ParameterGradients(x, dY, statistics);
            using var gammaGradient = dGamma;
            using var betaGradient = dBeta;
            Give(1, dGamma);
            Give(2, dBeta);
            if (!Needs(0)) return;
            using var dX = Tensor.Empty(dY.Device, x.Shape, x.Kind);
            BatchNormInputGradient(x, dY, gamma, statistics, dGamma, dBeta, dX);
            Give(0, dX);
        }
    }
}
