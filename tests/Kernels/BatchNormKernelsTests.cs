using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

/// <summary>The reductions in given numbers of chunks, the last of them ragged.</summary>
public sealed class BatchNormKernelsTests(string name) : DeviceTests(name)
{
    private const int Rows = 37, Channels = 8;

    [Test]
    public void ChunksMergeToTheStatistics([Values(1, 2, 5, 36, 37, 64)] int chunkRows, [Values(0, 2, 3, 40)] int each)
    {
        float[] x = new Draw(1).Fill([Rows, Channels], -1f, 3f);
        int chunks = (Rows + chunkRows - 1) / chunkRows;
        var (means, deviations) = (Tensor.Empty(Device, [chunks, Channels]), Tensor.Empty(Device, [chunks, Channels]));
        var (mean, inverse) = (Tensor.Empty(Device, [Channels]), Tensor.Empty(Device, [Channels]));
        var (runningMean, runningVariance) = (Tensor.Full(Device, [Channels], 0f), Tensor.Full(Device, [Channels], 1f));
        Device.Launcher.Run(
            new BatchNormMoments(From([Rows, Channels], x).View, means.View, deviations.View, Rows, Channels, chunkRows), 8, chunks);
        var spec = new BatchNormSpec(Rows, Channels, chunkRows, 1, 1e-5f, 1f);
        if (each > 0)
        {
            int larger = (chunks + each - 1) / each;
            var (mergedMeans, mergedDeviations) = (Tensor.Empty(Device, [larger, Channels]), Tensor.Empty(Device, [larger, Channels]));
            Device.Launcher.Run(
                new BatchNormMerge(means.View, deviations.View, mergedMeans.View, mergedDeviations.View, spec, each), 8, larger);
            (means, deviations, spec) = (mergedMeans, mergedDeviations, spec with { ChunkRows = each * chunkRows });
        }

        Device.Launcher.Run(
            new BatchNormStatistics(
                means.View, deviations.View, mean.View, inverse.View, runningMean.View, runningVariance.View, spec),
            8, 1);
        var expected = BatchNormReference.Statistics(x.Widen(), Channels);
        Close.To(expected.Mean, mean.ToArray(), 1e-6, "mean");
        Close.To([.. expected.Variance.Select(v => 1 / Math.Sqrt(v + 1e-5))], inverse.ToArray(), 1e-6, "1/√(σ² + ε)");
        Close.To(expected.Mean, runningMean.ToArray(), 1e-6, "running mean at momentum 1");
        Close.To([.. expected.Variance.Select(v => v * Rows / (Rows - 1))], runningVariance.ToArray(), 1e-6, "running variance");
    }

    [Test]
    public void ManyRows()
    {
        // More chunks than any device's reductions of the op tests: the op against the analytic gradient.
        const int rows = 5000;
        var draw = new Draw(2);
        float[] x = draw.Fill([rows, 4], -1f, 2f), g = draw.Fill([4], 0.5f, 1.5f), dy = draw.Fill([rows, 4]);
        using var input = Tensor.Parameter(Device, [rows, 4], x);
        using var gamma = Tensor.Parameter(Device, [4], g);
        using var beta = Tensor.Parameter(Device, [4], new float[4]);
        var running = new RunningStatistics(Tensor.Full(Device, [4], 0f), Tensor.Full(Device, [4], 1f));
        using var tape = new Tape();
        tape.Backward(Contraction.Of(Ops.BatchNorm(input, gamma, beta, running, true), dy));
        var expected = BatchNormReference.Backward(x.Widen(), dy.Widen(), g.Widen(), 1e-5);
        Close.To(expected.DX, input.Gradient!.ToArray(), 1e-5, "dX");
        Close.To(expected.DGamma, gamma.Gradient!.ToArray(), 1e-5, "dγ");
        Close.To(expected.DBeta, beta.Gradient!.ToArray(), 1e-5, "dβ");
    }
}
