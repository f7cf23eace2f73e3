using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

public sealed class SumRowsTests(string name) : DeviceTests(name)
{
    [Test]
    public void ChunksThenTheirSums([Values(1, 4, 8, 16)] int lanes, [Values(1, 7, 50, 53, 60)] int chunkRows)
    {
        const int rows = 53, width = 16;
        float[] x = new Draw(1).Fill([rows, width]);
        int chunks = (rows + chunkRows - 1) / chunkRows;
        var (partial, sums) = (Tensor.Empty(Device, [chunks, width]), Tensor.Empty(Device, [width]));
        Device.Launcher.Run(
            new SumRows(From([rows, width], x).View, partial.View, rows, width, chunkRows), lanes, chunks * (width / lanes));
        Device.Launcher.Run(new SumRows(partial.View, sums.View, chunks, width, chunks), lanes, width / lanes);
        double[] expected = new double[width];
        for (int i = 0; i < x.Length; i++) expected[i % width] += x[i];
        Close.To(expected, sums.ToArray(), 1e-6, "sums");
    }
}
