using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

/// <summary>Convolution over NHWC images with weights [KH, KW, Ci, Co]: every output visits every tap.</summary>
internal static class Conv2DReference
{
    public static double[] Forward(double[] x, double[] weight, double[]? bias, Conv2DSpec s)
    {
        double[] y = new double[s.N * s.OH * s.OW * s.Co];
        for (int i = 0; bias is not null && i < y.Length; i++) y[i] = bias[i % s.Co];
        Visit(s, (ix, iw, iy) => y[iy] += x[ix] * weight[iw]);
        return y;
    }

    public static double[] InputGradient(double[] dy, double[] weight, Conv2DSpec s)
    {
        double[] dx = new double[s.N * s.H * s.W * s.Ci];
        Visit(s, (ix, iw, iy) => dx[ix] += dy[iy] * weight[iw]);
        return dx;
    }

    public static double[] WeightGradient(double[] x, double[] dy, Conv2DSpec s)
    {
        double[] dw = new double[s.Co * s.Ci * s.Taps];
        Visit(s, (ix, iw, iy) => dw[iw] += dy[iy] * x[ix]);
        return dw;
    }

    /// <summary>Calls <paramref name="term"/> with the offsets in x, weight and y of each product that the convolution sums.</summary>
    private static void Visit(Conv2DSpec s, Action<int, int, int> term)
    {
        foreach (var (n, oh, ow) in Loop.Over(s.N, s.OH, s.OW))
        {
            foreach (var (kh, kw) in Loop.Over(s.KH, s.KW))
            {
                int ih = (oh * s.Stride) + kh - s.Padding, iw = (ow * s.Stride) + kw - s.Padding;
                if (ih < 0 || ih >= s.H || iw < 0 || iw >= s.W) continue;
                foreach (var (co, ci) in Loop.Over(s.Co, s.Ci))
                {
                    term(
                        (((((n * s.H) + ih) * s.W) + iw) * s.Ci) + ci,
                        (((((kh * s.KW) + kw) * s.Ci) + ci) * s.Co) + co,
                        (((((n * s.OH) + oh) * s.OW) + ow) * s.Co) + co);
                }
            }
        }
    }
}
