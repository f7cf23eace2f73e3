using Idsnn.Kernels;
using ILGPU;

namespace Idsnn.Engine;

/// <summary>What a batch-norm keeps from batch to batch.</summary>
/// <param name="Mean">Running mean, [C].</param>
/// <param name="Variance">Running variance (unbiased), [C].</param>
public sealed record RunningStatistics(Tensor Mean, Tensor Variance);

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
        Tensor x, Tensor gamma, Tensor beta, RunningStatistics running, bool training, float momentum = 0.1f, float epsilon = 1e-5f,
        int repeats = 1)
    {
        Require.That(x.Shape.Rank >= 2, $"BatchNorm: x must be [..., C], got {x.Shape}");
        Shape channels = [x.Shape[^1]];
        foreach (var (name, tensor) in (ReadOnlySpan<(string, Tensor)>)
            [("gamma", gamma), ("beta", beta), ("running mean", running.Mean), ("running variance", running.Variance)])
        {
            Require.That(tensor.Shape == channels, $"BatchNorm: {name} must be {channels} for x {x.Shape}, got {tensor.Shape}");
        }

        var launcher = x.Device.Launcher;
        int c = x.Shape[^1], rows = x.Shape.Size / c, lanes = launcher.Plan.Lanes(c), groups = c / lanes;
        var spec = new BatchNormSpec(rows, c, launcher.Plan.SliceRows(rows, groups, lanes, c), repeats, epsilon, momentum);
        using var inverse = Tensor.Empty(x.Device, channels);
        using var mean = training ? Tensor.Empty(x.Device, channels) : running.Mean.Share(channels);
        if (training)
        {
            int chunks = Chunks(spec);
            using var means = Tensor.Empty(x.Device, [chunks, c]);
            using var deviations = Tensor.Empty(x.Device, [chunks, c]);
            launcher.Run(new BatchNormMoments(x.View, means.View, deviations.View, rows, c, spec.ChunkRows), lanes, chunks * groups);
            launcher.Run(
                new BatchNormStatistics(
                    means.View, deviations.View, mean.View, inverse.View, running.Mean.View, running.Variance.View, spec),
                lanes,
                groups);
        }
        else
        {
            launcher.Run(new BatchNormInverse(running.Variance.View, inverse.View, epsilon), lanes, groups);
        }

        var y = Tensor.Empty(x.Device, x.Shape);
        launcher.Run(
            new BatchNormNormalize(x.View, mean.View, inverse.View, gamma.View, beta.View, y.View, rows, c),
            lanes,
            RowBlocks(rows) * groups);
        return Tape.Records(x, gamma, beta) ? Tape.Record(y, new BatchNormNode(x, gamma, beta, mean, inverse, spec, training)) : y;
    }

    private static int Chunks(BatchNormSpec spec) => (spec.Rows + spec.ChunkRows - 1) / spec.ChunkRows;

    private static int RowBlocks(int rows) => (rows + BatchNormNormalize.Rows - 1) / BatchNormNormalize.Rows;

    private sealed class BatchNormNode : Node
    {
        private readonly Tensor x, gamma, mean, inverse;
        private readonly BatchNormSpec spec;
        private readonly bool training;

        public BatchNormNode(Tensor x, Tensor gamma, Tensor beta, Tensor mean, Tensor inverse, BatchNormSpec spec, bool training)
            : base(x, gamma, beta)
        {
            this.x = Save(x);
            this.gamma = Save(gamma);
            this.mean = Save(mean);
            this.inverse = Save(inverse);
            this.spec = spec;
            this.training = training;
        }

        protected override void Backward(Tensor dY)
        {
            var launcher = dY.Device.Launcher;
            int c = spec.Channels, chunks = Chunks(spec), lanes = launcher.Plan.Lanes(c), groups = c / lanes;
            using var sums = Tensor.Empty(dY.Device, [chunks, c]);
            using var products = Tensor.Empty(dY.Device, [chunks, c]);
            launcher.Run(
                new BatchNormGradientSums(x.View, dY.View, mean.View, inverse.View, sums.View, products.View, spec),
                lanes,
                chunks * groups);
            using var dBeta = ColumnSums(sums, c);
            using var dGamma = ColumnSums(products, c);
            Give(1, dGamma);
            Give(2, dBeta);
            if (!Needs(0)) return;
            using var dX = Tensor.Empty(dY.Device, x.Shape);
            launcher.Run(
                new BatchNormInputGradient(
                    x.View, dY.View, mean.View, inverse.View, gamma.View, dGamma.View, dBeta.View, dX.View, spec,
                    training ? 1f / spec.Rows : 0f),
                lanes,
                RowBlocks(spec.Rows) * groups);
            Give(0, dX);
        }
    }
}
