namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>Σ over all but the last dimension, [width]: in chunks, then over the chunks, always in the same order.</summary>
    private static Tensor ColumnSums(Tensor x, int width)
    {
        var plan = x.Device.Launcher.Plan;
        int rows = x.Shape.Size / width, lanes = plan.Lanes(width);
        var sums = Tensor.Empty(x.Device, [width]);
        SumRowsInto(sums, x, rows, plan.RoundRows ?? plan.SliceRows(rows, width / lanes, lanes, width));
        return sums;
    }

    /// <summary>Adds the rows of [rows, width] up, chunks of them and then the chunks' sums.</summary>
    private static void SumRowsInto(Tensor sums, Tensor x, int rows, int chunkRows)
    {
        var launcher = x.Device.Launcher;
        int width = sums.Shape.Size, lanes = launcher.Plan.Lanes(width), chunks = (rows + chunkRows - 1) / chunkRows;
        using var partial = chunks == 1 ? sums.Share(sums.Shape) : Tensor.Empty(x.Device, [chunks, width]);
        launcher.Run(new SumRows(x.View, partial.View, rows, width, chunkRows), lanes, chunks * (width / lanes));
        if (chunks > 1) MergeRows(sums, partial, chunks);
    }

    /// <summary>Adds up the partial results of a reduction, [rows, width]: at once, or in rounds.</summary>
    private static void MergeRows(Tensor sums, Tensor partial, int rows) =>
        SumRowsInto(sums, partial, rows, partial.Device.Launcher.Plan.RoundRows ?? rows);

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
        foreach (var tensor in tensors) Require.OneDevice("SquaredNorm", device, tensor.Device);
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
