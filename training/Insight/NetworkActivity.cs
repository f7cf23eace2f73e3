using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>What a network's spiking layers did in some forward passes.</summary>
/// <param name="FiringRate">Spikes per neuron and time-step, over all layers; 0 for an ordinary network.</param>
/// <param name="Layers">The layers, in order.</param>
public sealed record NetworkActivity(double FiringRate, IReadOnlyList<LayerActivity> Layers)
{
    /// <summary>The firing rate above which a channel counts as saturated.</summary>
    public const double Saturation = 0.95;

    /// <summary>Waits for the device and reads what a probe saw.</summary>
    public static NetworkActivity Of(ForwardProbe probe)
    {
        double spikes = 0, sites = 0;
        var layers = new List<LayerActivity>();
        foreach (var (name, activity) in probe.Layers)
        {
            float[] counts = activity.ReadSpikes();
            spikes += counts.Sum(count => (double)count);
            sites += (double)counts.Length * activity.Images;
            layers.Add(Layer(name, activity, counts));
        }

        return new NetworkActivity(sites > 0 ? spikes / sites : 0, layers);
    }

    private static LayerActivity Layer(string name, NeuronActivity activity, float[] counts)
    {
        var places = activity.Places;
        int channels = places[^1];
        var bySteps = new double[activity.Timesteps];
        var byChannel = new double[channels];
        for (int i = 0; i < counts.Length; i++)
        {
            bySteps[i / places.Size] += counts[i];
            byChannel[i % channels] += counts[i];
        }

        double seen = (double)places.Size * activity.Images, seenByChannel = seen * activity.Timesteps / channels;
        double inWindow = activity.ReadInWindow().Sum(count => (double)count) / (seen * activity.Timesteps);
        return new LayerActivity(
            name,
            string.Join('×', Enumerable.Range(0, places.Rank).Select(i => places[i])),
            [.. bySteps.Select(count => count / seen)],
            byChannel.Count(count => count == 0) / (double)channels,
            byChannel.Count(count => count > Saturation * seenByChannel) / (double)channels,
            inWindow);
    }
}
