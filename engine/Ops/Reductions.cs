using Idsnn.Kernels;
using ILGPU;

namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>Σ over all but the last dimension, [width]: in chunks, then over the chunks, always in the same order.</summary>
    private static Tensor ColumnSums(Tensor x, int width)
    {
        var launcher = x.Device.Launcher;
        int rows = x.Shape.Size / width, lanes = launcher.Plan.Lanes(width), groups = width / lanes;
        int chunkRows = launcher.Plan.SliceRows(rows, groups, lanes, width);
        int chunks = (rows + chunkRows - 1) / chunkRows;
        var sums = Tensor.Empty(x.Device, [width]);
        if (chunks == 1)
        {
            launcher.Run(new SumRows(x.View, sums.View, rows, width, rows), lanes, groups);
            return sums;
        }

        using var partial = Tensor.Empty(x.Device, [chunks, width]);
        launcher.Run(new SumRows(x.View, partial.View, rows, width, chunkRows), lanes, chunks * groups);
        launcher.Run(new SumRows(partial.View, sums.View, chunks, width, chunks), lanes, groups);
        return sums;
    }

    /// <summary>The sum over the first dimension, [N, …] to […]; not recorded.</summary>
    /// <exception cref="ArgumentException">x has no dimension to sum over.</exception>
    public static Tensor SumImages(Tensor x)
    {
        Require.That(x.Shape.Rank >= 2, $"SumImages: x must be [N, ...], got {x.Shape}");
        Shape places = x.Shape[1..];
        using var numbers = ToFloats(x);
        using var sums = ColumnSums(numbers, places.Size);
        return sums.Reshape(places);
    }

    /// <summary>The sum of all elements' squares of several tensors together, [1]; not recorded.</summary>
    /// <exception cref="ArgumentException">There is no tensor.</exception>
    public static Tensor SquaredNorm(IReadOnlyList<Tensor> tensors)
    {
        const int chunk = 1024;
        Require.That(tensors.Count > 0, $"SquaredNorm: expects at least one tensor");
        var device = tensors[0].Device;
        int[] chunks = [.. tensors.Select(tensor => (tensor.Shape.Size + chunk - 1) / chunk)];
        using var sums = Tensor.Empty(device, [chunks.Sum()]);
        int at = 0;
        for (int i = 0; i < tensors.Count; at += chunks[i++])
        {
            device.Launcher.Run(
                new SumSquares(tensors[i].View, sums.View.SubView(at, chunks[i]), tensors[i].Shape.Size, chunk), chunks[i]);
        }

        return ColumnSums(sums, 1);
    }
}
