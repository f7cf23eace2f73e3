using System.Collections.Concurrent;
using System.Text;
using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>
/// PyTorch's default initialisation, uniform in ±1/√fan-in (Kaiming uniform with a = √5). Each parameter draws from a stream of its own,
/// named by its name, so that its values depend on the seed and the name alone.
/// </summary>
/// <param name="seed">The seed; null where the weights will be loaded: there is nothing to draw then, and all are zero.</param>
internal sealed class WeightInitializer(ulong? seed)
{
    /// <summary>Elements in the device's order, drawn in PyTorch's.</summary>
    public float[] Uniform(string name, Shape shape, int fanIn)
    {
        if (seed is not { } key) return new float[shape.Size];
        ulong stream = Hash(name);
        float bound = 1f / MathF.Sqrt(fanIn);
        var values = new float[shape.Size];
        Parallel.ForEach(Partitioner.Create(0, values.Length), part =>
        {
            for (int i = part.Item1; i < part.Item2; i++) values[i] = bound * ((2f * HostPhilox.Uniform(key, stream, (uint)i)) - 1f);
        });
        return WeightLayout.FromPyTorch(values, shape);
    }

    /// <summary>FNV-1a.</summary>
    private static ulong Hash(string name)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in Encoding.UTF8.GetBytes(name)) hash = (hash ^ b) * 1099511628211;
        return hash;
    }
}
