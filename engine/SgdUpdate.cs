using Idsnn.Kernels;
using ILGPU;

namespace Idsnn.Engine;

/// <summary>
/// <see cref="Ops.SgdStep"/> over all parameters of a network in one launch, where the device can keep tables of addresses.
/// </summary>
public sealed class SgdUpdate : IDisposable
{
    private readonly IReadOnlyList<(Tensor Parameter, Tensor Velocity)> slots;
    private readonly SgdSpec options;
    private readonly Device device;
    private readonly SgdChunk[] chunks;
    private readonly Storage table;
    private readonly Tensor rate;

    /// <summary>Prepares the table.</summary>
    /// <param name="slots">Parameters and their momenta.</param>
    /// <param name="options">All but the learning rate.</param>
    public SgdUpdate(IReadOnlyList<(Tensor Parameter, Tensor Velocity)> slots, SgdSpec options)
    {
        this.slots = slots;
        this.options = options;
        device = slots[0].Parameter.Device;
        chunks = new SgdChunk[slots.Sum(slot => (slot.Parameter.Shape.Size + SgdChunks.Length - 1) / SgdChunks.Length)];
        table = new Storage(device.Memory, (long)chunks.Length * 8);
        rate = Tensor.Persistent(device, [1], [options.LearningRate]);
    }

    private ArrayView<SgdChunk> Table => table.Block.Floats.Cast<SgdChunk>().SubView(0, chunks.Length);

    /// <summary>Whether a device can.</summary>
    public static bool Supports(Device device) => device.Uses(FastPath.Update);

    /// <summary>Sets the learning rate of the steps from now on.</summary>
    public void SetRate(float learningRate) => rate.Fill(learningRate);

    /// <summary>One step, in place. The gradients stay.</summary>
    /// <exception cref="ArgumentException">A parameter has no gradient.</exception>
    public void Run()
    {
        bool changed = false;
        int i = 0;
        foreach (var (parameter, velocity) in slots)
        {
            Require.That(parameter.Gradient is not null, $"SgdUpdate: the parameter {parameter.Shape} has no gradient; run Backward first");
            for (int start = 0; start < parameter.Shape.Size; start += SgdChunks.Length, i++)
            {
                long at = start * sizeof(float);
                var chunk = new SgdChunk(
                    parameter.Address + at, velocity.Address + at, parameter.Gradient!.Address + at,
                    Math.Min(SgdChunks.Length, parameter.Shape.Size - start));
                changed |= chunk != chunks[i];
                chunks[i] = chunk;
            }
        }

        // Gradients come from the pool in the same order at every step, so that the table settles.
        if (changed) device.Upload(Table, chunks);
        device.Launcher.Run(new SgdChunks(Table, rate.View, options), chunks.Length * SgdChunks.Threads);
        foreach (var (parameter, _) in slots) parameter.Changed();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        table.Release();
        rate.Dispose();
    }
}
