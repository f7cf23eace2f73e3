using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

/// <summary>A neuron of the reference: its constants in double, where they are not those of the spec.</summary>
/// <param name="Spec">Sizes and constants.</param>
/// <param name="Decay">The decay where it is not the spec's.</param>
/// <param name="Initial">u₀.</param>
/// <param name="AtThreshold">Whether a membrane that equals U_th fires.</param>
internal sealed record ReferenceNeuron(LifSpec Spec, double? Decay = null, double Initial = 0, bool AtThreshold = false)
{
    public double Leak => Decay ?? Spec.Decay;

    public bool Fires(double u) => AtThreshold ? u >= Spec.Threshold : u > Spec.Threshold;

    /// <summary>A neuron with the constants of a spec alone.</summary>
    public static implicit operator ReferenceNeuron(LifSpec spec) => new(spec);
}

/// <summary>Spiking neurons over [T, sites], site by site.</summary>
internal static class LifReference
{
    /// <summary>Eq. 2 and 3: the membranes and the spikes.</summary>
    public static (double[] Membranes, double[] Spikes) Forward(double[] x, ReferenceNeuron neuron)
    {
        double[] membranes = new double[x.Length];
        double[] spikes = Through(x, neuron, (i, u) =>
        {
            membranes[i] = u;
            double fired = neuron.Fires(u) ? 1 : 0;
            return (fired, fired);
        });
        return (membranes, spikes);
    }

    /// <summary>
    /// Eq. 2 and 3 with a smooth spike whose value at the base point is the hard one and whose derivative is the surrogate:
    /// F(u) = H(u₀) + P(u) − P(u₀), P the surrogate's primitive and u₀ the base membrane. Finite differences of it are what the
    /// backward pass must give. A detached reset keeps the base point's spike.
    /// </summary>
    public static double[] StandIn(double[] x, double[] baseMembranes, ReferenceNeuron neuron, Func<double, double, double> primitive)
    {
        double P(double u) => primitive(u - neuron.Spec.Threshold, neuron.Spec.Width);
        return Through(x, neuron, (i, u) =>
        {
            double hard = neuron.Fires(baseMembranes[i]) ? 1 : 0;
            double smooth = hard + P(u) - P(baseMembranes[i]);
            return (smooth, neuron.Spec.AttachReset ? smooth : hard);
        });
    }

    /// <summary>Back-propagation through time with σ' for the spike's derivative, term by term from Eq. 2.</summary>
    /// <returns>dX, and the decay's gradient.</returns>
    public static (double[] X, double Decay) Backward(
        double[] x, double[] dSpikes, ReferenceNeuron neuron, Func<double, double, double> derivative)
    {
        var (membranes, spikes) = Forward(x, neuron);
        var spec = neuron.Spec;
        double[] dx = new double[x.Length];
        double dDecay = 0;
        for (int site = 0; site < spec.Sites; site++)
        {
            double dNext = 0;
            for (int t = spec.Timesteps - 1; t >= 0; t--)
            {
                int i = (t * spec.Sites) + site;
                double u = membranes[i], f = spikes[i];
                dDecay += dNext * (spec.SoftReset ? u - (spec.Threshold * f) : u * (1 - f));
                double nextByMembrane = spec.SoftReset ? neuron.Leak : neuron.Leak * (1 - f);
                double nextBySpike = -neuron.Leak * (spec.SoftReset ? spec.Threshold : u);
                double dF = dSpikes[i] + (spec.AttachReset ? dNext * nextBySpike : 0);
                dNext = (dF * derivative(u - spec.Threshold, spec.Width)) + (dNext * nextByMembrane);
                dx[i] = dNext;
            }

            dDecay += dNext * neuron.Initial;
        }

        return (dx, dDecay);
    }

    /// <summary>Runs every site through time; <paramref name="fire"/> gives a membrane's output and what its reset sees.</summary>
    private static double[] Through(double[] x, ReferenceNeuron neuron, Func<int, double, (double Output, double Reset)> fire)
    {
        var spec = neuron.Spec;
        double[] spikes = new double[x.Length];
        for (int site = 0; site < spec.Sites; site++)
        {
            double carry = neuron.Leak * neuron.Initial;
            for (int t = 0; t < spec.Timesteps; t++)
            {
                int i = (t * spec.Sites) + site;
                double u = carry + x[i];
                (spikes[i], double reset) = fire(i, u);
                carry = neuron.Leak * (spec.SoftReset ? u - (spec.Threshold * reset) : u * (1 - reset));
            }
        }

        return spikes;
    }
}
