using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

/// <summary>Average and max-pooling over NHWC images: every window visits its pixels.</summary>
internal static class PoolingReference
{
    public static double[] Forward(double[] x, Pool2DSpec s)
    {
        double[] y = new double[s.N * s.OH * s.OW * s.C];
        Visit(s, (ix, iy) => y[iy] += x[ix] / (s.KH * s.KW));
        return y;
    }

    public static double[] Backward(double[] dy, Pool2DSpec s)
    {
        double[] dx = new double[s.N * s.H * s.W * s.C];
        Visit(s, (ix, iy) => dx[ix] += dy[iy] / (s.KH * s.KW));
        return dx;
    }

    public static double[] ForwardMax(double[] x, Pool2DSpec s)
    {
        double[] y = new double[s.N * s.OH * s.OW * s.C];
        Array.Fill(y, double.NegativeInfinity);
        Visit(s, (ix, iy) => y[iy] = Math.Max(y[iy], x[ix]));
        return y;
    }

    /// <summary>The first of equals, in the order in which a window visits its pixels, gets the gradient.</summary>
    public static double[] BackwardMax(double[] x, double[] dy, Pool2DSpec s)
    {
        double[] dx = new double[x.Length], y = ForwardMax(x, s);
        bool[] given = new bool[y.Length];
        Visit(s, (ix, iy) =>
        {
            if (given[iy] || x[ix] != y[iy]) return;
            given[iy] = true;
            dx[ix] += dy[iy];
        });
        return dx;
    }

    private static void Visit(Pool2DSpec s, Action<int, int> term)
    {
        foreach (var (n, oh, ow) in Loop.Over(s.N, s.OH, s.OW))
        {
            foreach (var (kh, kw, c) in Loop.Over(s.KH, s.KW, s.C))
            {
                int ih = (oh * s.Stride) + kh, iw = (ow * s.Stride) + kw;
                term((((((n * s.H) + ih) * s.W) + iw) * s.C) + c, (((((n * s.OH) + oh) * s.OW) + ow) * s.C) + c);
            }
        }
    }
}
