using Idsnn.Kernels;

namespace Idsnn.Tests;

/// <summary>Leaky integrate-and-fire neurons over [T, sites], site by site.</summary>
internal static class LifReference
{
    /// <summary>Eq. 2 and 3: the membranes and the spikes.</summary>
    public static (double[] Membranes, double[] Spikes) Forward(double[] x, LifSpec spec)
    {
        double[] membranes = new double[x.Length];
        double[] spikes = Through(x, spec, (i, u) =>
        {
            membranes[i] = u;
            double fired = u > spec.Threshold ? 1 : 0;
            return (fired, fired);
        });
        return (membranes, spikes);
    }

    /// <summary>
    /// Eq. 2 and 3 with a smooth spike whose value at the base point is the hard one and whose derivative is the surrogate:
    /// F(u) = H(u₀) + P(u) − P(u₀), P the surrogate's primitive and u₀ the base membrane. Finite differences of it are what the
    /// backward pass must give. A detached reset keeps the base point's spike.
    /// </summary>
    public static double[] StandIn(double[] x, double[] baseMembranes, LifSpec spec, Func<double, double, double> primitive)
    {
        double P(double u) => primitive(u - spec.Threshold, spec.Width);
        return Through(x, spec, (i, u) =>
        {
            double hard = baseMembranes[i] > spec.Threshold ? 1 : 0;
            double smooth = hard + P(u) - P(baseMembranes[i]);
            return (smooth, spec.AttachReset ? smooth : hard);
        });
    }

    /// <summary>Back-propagation through time with σ' for the spike's derivative, term by term from Eq. 2.</summary>
    public static double[] Backward(double[] x, double[] dSpikes, LifSpec spec, Func<double, double, double> derivative)
    {
        var (membranes, spikes) = Forward(x, spec);
        double[] dx = new double[x.Length];
        for (int site = 0; site < spec.Sites; site++)
        {
            double dNext = 0;
            for (int t = spec.Timesteps - 1; t >= 0; t--)
            {
                int i = (t * spec.Sites) + site;
                double u = membranes[i], f = spikes[i];
                double nextByMembrane = spec.SoftReset ? spec.Decay : spec.Decay * (1 - f);
                double nextBySpike = -spec.Decay * (spec.SoftReset ? spec.Threshold : u);
                double dF = dSpikes[i] + (spec.AttachReset ? dNext * nextBySpike : 0);
                dNext = (dF * derivative(u - spec.Threshold, spec.Width)) + (dNext * nextByMembrane);
                dx[i] = dNext;
            }
        }

        return dx;
    }

    /// <summary>Runs every site through time; <paramref name="fire"/> gives a membrane's output and what its reset sees.</summary>
    private static double[] Through(double[] x, LifSpec spec, Func<int, double, (double Output, double Reset)> fire)
    {
        double[] spikes = new double[x.Length];
        for (int site = 0; site < spec.Sites; site++)
        {
            double carry = 0;
            for (int t = 0; t < spec.Timesteps; t++)
            {
                int i = (t * spec.Sites) + site;
                double u = carry + x[i];
                (spikes[i], double reset) = fire(i, u);
                carry = spec.Decay * (spec.SoftReset ? u - (spec.Threshold * reset) : u * (1 - reset));
            }
        }

        return spikes;
    }
}
