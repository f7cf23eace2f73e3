namespace Idsnn.Engine;

/// <summary>
/// <see cref="Ops.AdamWStep"/> over parameters of one weight decay: in one launch where the device can keep tables of addresses, else one
/// by one.
/// </summary>
public sealed class AdamWUpdate : IDisposable
{
    private readonly IReadOnlyList<AdamWSlot> slots;
    private readonly AdamWTimer timer;
    private readonly UpdateGate gate;
    private readonly AdamWSpec spec;
    private readonly Device device;
    private readonly UpdateTable<AdamWChunk>? table;

    /// <summary>Prepares the update.</summary>
    /// <param name="slots">Parameters and their averages.</param>
    /// <param name="timer">The learning rate and the step; it stays the caller's, who advances it before <see cref="Run"/>.</param>
    /// <param name="gate">Scales the gradients, or leaves a step out; it stays the caller's.</param>
    /// <param name="spec">The constants.</param>
    public AdamWUpdate(IReadOnlyList<AdamWSlot> slots, AdamWTimer timer, UpdateGate gate, AdamWSpec spec)
    {
        (this.slots, this.timer, this.gate, this.spec) = (slots, timer, gate, spec);
        device = slots[0].Parameter.Device;
        foreach (var (parameter, first, second) in slots)
        {
            Require.OneDevice("AdamWUpdate", device, parameter.Device, first.Device, second.Device, gate.Device, timer.Device);
        }

        if (!device.Uses(FastPath.Update)) return;
        table = new UpdateTable<AdamWChunk>("AdamWUpdate", [.. slots.Select(slot => slot.Parameter)], ChunkAt);
    }

    /// <summary>One step, in place. The gradients stay.</summary>
    /// <exception cref="ArgumentException">A parameter has no gradient.</exception>
    public void Run()
    {
        if (table is null)
        {
            foreach (var slot in slots) Ops.AdamWStep(slot, timer, gate, spec);
            return;
        }

        device.Launcher.Run(
            new AdamWChunks(table.Current(), timer.OnDevice, gate.OnDevice, spec), table.Length * AdamWChunks.Threads);
        foreach (var slot in slots) slot.Parameter.Changed();
    }

    /// <inheritdoc/>
    public void Dispose() => table?.Dispose();

    private AdamWChunk ChunkAt(int slot, long at, int count)
    {
        var (parameter, first, second) = slots[slot];
        return new AdamWChunk(parameter.Address + at, first.Address + at, second.Address + at, parameter.Gradient!.Address + at, count);
    }
}
