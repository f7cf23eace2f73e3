namespace Idsnn.Kernels.Ops;

/// <summary>
/// A surrogate for the derivative of the firing step. A new one is one struct here and one line in the engine's Lif op. All have area 1.
/// </summary>
public interface ISurrogate
{
    /// <summary>σ'(v) at distance v = U − U_th from the threshold.</summary>
    static abstract float Derivative(float v, float width);

    /// <summary>A primitive of <see cref="Derivative"/>; the gradient tests difference it.</summary>
    static abstract double Primitive(double v, double width);
}

/// <summary>STBP's rectangle (Eq. 4): 1/(2·width) where |v| &lt; width, else 0.</summary>
public readonly struct RectangleSurrogate : ISurrogate
{
    /// <inheritdoc/>
    public static float Derivative(float v, float width) => MathF.Abs(v) < width ? 0.5f / width : 0f;

    /// <inheritdoc/>
    public static double Primitive(double v, double width) => Math.Clamp(v, -width, width) / (2 * width);
}

/// <summary>Triangle: max(0, 1 − |v|/width)/width.</summary>
public readonly struct TriangleSurrogate : ISurrogate
{
    /// <inheritdoc/>
    public static float Derivative(float v, float width) => MathF.Max(0f, 1f - (MathF.Abs(v) / width)) / width;

    /// <inheritdoc/>
    public static double Primitive(double v, double width)
    {
        double r = Math.Clamp(v / width, -1, 1);
        return r - (0.5 * r * Math.Abs(r));
    }
}

/// <summary>The derivative of a logistic function: k·s(kv)·(1 − s(kv)) with k = 2/width.</summary>
public readonly struct SigmoidSurrogate : ISurrogate
{
    /// <inheritdoc/>
    public static float Derivative(float v, float width)
    {
        float k = 2f / width;
        float s = 1f / (1f + MathF.Exp(-k * v));
        return k * s * (1f - s);
    }

    /// <inheritdoc/>
    public static double Primitive(double v, double width) => 1 / (1 + Math.Exp(-2 * v / width));
}

/// <summary>The derivative of an arctangent: (a/2)/(1 + (π/2·a·v)²) with a = 1/width.</summary>
public readonly struct ArctanSurrogate : ISurrogate
{
    /// <inheritdoc/>
    public static float Derivative(float v, float width)
    {
        float r = MathF.PI / 2f * v / width;
        return 0.5f / width / (1f + (r * r));
    }

    /// <inheritdoc/>
    public static double Primitive(double v, double width) => Math.Atan(Math.PI / 2 * v / width) / Math.PI;
}
