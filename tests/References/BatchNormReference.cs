namespace Idsnn.Tests;

/// <summary>Batch-norm over [rows, C], channel by channel.</summary>
internal static class BatchNormReference
{
    /// <summary>Mean and biased variance of each channel.</summary>
    public static (double[] Mean, double[] Variance) Statistics(double[] x, int channels)
    {
        double[] mean = new double[channels], variance = new double[channels];
        double rows = x.Length / channels;
        for (int i = 0; i < x.Length; i++) mean[i % channels] += x[i] / rows;
        for (int i = 0; i < x.Length; i++) variance[i % channels] += Math.Pow(x[i] - mean[i % channels], 2) / rows;
        return (mean, variance);
    }

    /// <summary>y = γ (x − μ)/√(σ² + ε) + β with the given statistics (evaluation).</summary>
    public static double[] Forward(double[] x, double[] gamma, double[] beta, double[] mean, double[] variance, double epsilon)
    {
        int channels = gamma.Length;
        double[] y = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            int c = i % channels;
            y[i] = (gamma[c] * (x[i] - mean[c]) / Math.Sqrt(variance[c] + epsilon)) + beta[c];
        }

        return y;
    }

    /// <summary>The same with the batch's statistics (training).</summary>
    public static double[] Forward(double[] x, double[] gamma, double[] beta, double epsilon)
    {
        var (mean, variance) = Statistics(x, gamma.Length);
        return Forward(x, gamma, beta, mean, variance, epsilon);
    }

    /// <summary>The gradients in training (Ioffe and Szegedy 2015).</summary>
    public static (double[] DX, double[] DGamma, double[] DBeta) Backward(double[] x, double[] dy, double[] gamma, double epsilon)
    {
        int channels = gamma.Length;
        double rows = x.Length / channels;
        var (mean, variance) = Statistics(x, channels);
        double[] dx = new double[x.Length], dGamma = new double[channels], dBeta = new double[channels];
        double Normal(int i) => (x[i] - mean[i % channels]) / Math.Sqrt(variance[i % channels] + epsilon);
        for (int i = 0; i < x.Length; i++)
        {
            dGamma[i % channels] += dy[i] * Normal(i);
            dBeta[i % channels] += dy[i];
        }

        for (int i = 0; i < x.Length; i++)
        {
            int c = i % channels;
            dx[i] = gamma[c] / Math.Sqrt(variance[c] + epsilon) * (dy[i] - ((dBeta[c] + (Normal(i) * dGamma[c])) / rows));
        }

        return (dx, dGamma, dBeta);
    }
}
