
namespace Idsnn.Tests;

/// <summary>Input currents for spiking neurons.</summary>
internal static class Currents
{
    private const double Margin = 1e-3;

    /// <summary>
    /// Currents whose membranes keep away from the threshold, where rounding would decide whether a neuron fires, and from the
    /// surrogates' kinks, where finite differences mean nothing.
    /// </summary>
    public static float[] Clear(Draw draw, ReferenceNeuron neuron)
    {
        var spec = neuron.Spec;
        float[] x = new float[spec.Timesteps * spec.Sites];
        for (int i = 0; i < x.Length; i++)
        {
            // Later currents do not move this membrane, so each is settled in turn.
            do x[i] = draw.Next(-0.6f, 1.6f);
            while (TooClose(LifReference.Forward(x.Widen(), neuron).Membranes[i] - spec.Threshold, spec.Width));
        }

        return x;
    }

    private static bool TooClose(double v, double width) => Math.Abs(v) < Margin || Math.Abs(Math.Abs(v) - width) < Margin;
}
