namespace Idsnn.Engine;

/// <summary>
/// <see cref="Ops.SgdStep"/> over parameters of one weight decay: in one launch where the device can keep tables of addresses, else one
/// by one.
/// </summary>
public sealed class SgdUpdate : IDisposable
{
    private readonly IReadOnlyList<(Tensor Parameter, Tensor Velocity)> slots;
    private readonly UpdateGate gate;
    private readonly Device device;
    private readonly UpdateTable<SgdChunk>? table;
    private readonly Tensor? rate;
    private SgdSpec options;

    /// <summary>Prepares the update.</summary>
    /// <param name="slots">Parameters and their momenta.</param>
    /// <param name="gate">Scales the gradients, or leaves a step out; it stays the caller's.</param>
    /// <param name="options">The constants.</param>
    public SgdUpdate(IReadOnlyList<(Tensor Parameter, Tensor Velocity)> slots, UpdateGate gate, SgdSpec options)
    {
        this.slots = slots;
        this.gate = gate;
        this.options = options;
        device = slots[0].Parameter.Device;
        foreach (var (parameter, velocity) in slots) Require.OneDevice("SgdUpdate", device, parameter.Device, velocity.Device, gate.Device);
        if (!Supports(device)) return;
        table = new UpdateTable<SgdChunk>("SgdUpdate", [.. slots.Select(slot => slot.Parameter)], ChunkAt);
        rate = Tensor.Persistent(device, [1], [options.LearningRate]);
    }

    /// <summary>Whether a device updates all parameters in one launch, with a learning rate that lies on it.</summary>
    public static bool Supports(Device device) => device.Uses(FastPath.Update);

    /// <summary>Sets the learning rate of the steps from now on.</summary>
    public void SetRate(float learningRate)
    {
        options = options with { LearningRate = learningRate };
        rate?.Fill(learningRate);
    }

    /// <summary>One step, in place. The gradients stay.</summary>
    /// <exception cref="ArgumentException">A parameter has no gradient.</exception>
    public void Run()
    {
        if (table is null)
        {
            foreach (var (parameter, velocity) in slots) Ops.SgdStep(parameter, velocity, gate, options);
            return;
        }

        device.Launcher.Run(
            new SgdChunks(table.Current(), rate!.View, gate.OnDevice, options), table.Length * SgdChunks.Threads);
        foreach (var (parameter, _) in slots) parameter.Changed();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        table?.Dispose();
        rate?.Dispose();
    }

    private SgdChunk ChunkAt(int slot, long at, int count)
    {
        var (parameter, velocity) = slots[slot];
        return new SgdChunk(parameter.Address + at, velocity.Address + at, parameter.Gradient!.Address + at, count);
    }
}
