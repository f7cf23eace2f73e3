using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>
/// Weights lie on the device with channels innermost, [KH, KW, Ci, Co] and [I, O]; PyTorch's state dicts have them outermost,
/// [Co, Ci, KH, KW] and [O, I].
/// </summary>
internal static class WeightLayout
{
    /// <summary>PyTorch's shape of what the device holds as <paramref name="shape"/>.</summary>
    public static Shape ToPyTorch(Shape shape) => shape.Rank switch
    {
        4 => [shape[3], shape[2], shape[0], shape[1]],
        2 => [shape[1], shape[0]],
        _ => shape,
    };

    /// <summary>The device's elements in PyTorch's order.</summary>
    /// <param name="elements">As the device holds them.</param>
    /// <param name="shape">The device's shape.</param>
    public static float[] ToPyTorch(float[] elements, Shape shape)
    {
        if (shape.Rank < 2) return elements;
        int inputs = shape[^2], outputs = shape[^1];
        return Transpose(Transpose(elements, shape.Size / outputs, outputs), outputs, shape.Size / outputs / inputs, inputs);
    }

    /// <summary>PyTorch's elements in the device's order.</summary>
    /// <param name="elements">As PyTorch holds them.</param>
    /// <param name="shape">The device's shape.</param>
    public static float[] FromPyTorch(float[] elements, Shape shape)
    {
        if (shape.Rank < 2) return elements;
        int inputs = shape[^2], outputs = shape[^1];
        return Transpose(Transpose(elements, outputs, inputs, shape.Size / outputs / inputs), outputs, shape.Size / outputs);
    }

    private static float[] Transpose(float[] elements, int rows, int columns) => Transpose(elements, 1, rows, columns);

    /// <summary>[batch, rows, columns] to [batch, columns, rows], in squares whose rows are a cache's lines.</summary>
    private static float[] Transpose(float[] elements, int batch, int rows, int columns)
    {
        const int side = 16;
        int strips = (columns + side - 1) / side;
        var result = new float[elements.Length];
        Parallel.For(0, batch * strips, strip =>
        {
            int start = strip / strips * rows * columns, left = strip % strips * side, right = Math.Min(left + side, columns);
            for (int top = 0; top < rows; top += side)
            {
                int bottom = Math.Min(top + side, rows);
                for (int c = left; c < right; c++)
                {
                    for (int r = top; r < bottom; r++) result[start + (c * rows) + r] = elements[start + (r * columns) + c];
                }
            }
        });
        return result;
    }
}
