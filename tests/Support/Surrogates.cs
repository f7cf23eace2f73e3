using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

/// <summary>A surrogate's two functions, by name.</summary>
internal static class Surrogates
{
    public static (Func<double, double, double> Primitive, Func<float, float, float> Derivative) Of(Surrogate surrogate) =>
        surrogate switch
        {
            Surrogate.Rectangle => (RectangleSurrogate.Primitive, RectangleSurrogate.Derivative),
            Surrogate.Triangle => (TriangleSurrogate.Primitive, TriangleSurrogate.Derivative),
            Surrogate.Sigmoid => (SigmoidSurrogate.Primitive, SigmoidSurrogate.Derivative),
            Surrogate.Arctan => (ArctanSurrogate.Primitive, ArctanSurrogate.Derivative),
            _ => throw new ArgumentOutOfRangeException(nameof(surrogate)),
        };
}
