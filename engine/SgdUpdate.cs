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
    private readonly UpdateGate gate;
    private readonly Device device;
    private readonly Dictionary<object, Table> tables = [];
    private readonly int length;
    private readonly Tensor rate;

    /// <summary>Prepares the table.</summary>
    /// <param name="slots">Parameters and their momenta.</param>
    /// <param name="gate">Scales the gradients, or leaves a step out; it stays the caller's.</param>
    /// <param name="options">All but the learning rate.</param>
    public SgdUpdate(IReadOnlyList<(Tensor Parameter, Tensor Velocity)> slots, UpdateGate gate, SgdSpec options)
    {
        this.slots = slots;
        this.gate = gate;
        this.options = options;
        device = slots[0].Parameter.Device;
        foreach (var (parameter, velocity) in slots) Require.OneDevice("SgdUpdate", device, parameter.Device, velocity.Device, gate.Device);
        length = slots.Sum(slot => (slot.Parameter.Shape.Size + SgdChunks.Length - 1) / SgdChunks.Length);
        rate = Tensor.Persistent(device, [1], [options.LearningRate]);
    }

    /// <summary>Whether a device can.</summary>
    public static bool Supports(Device device) => device.Uses(FastPath.Update);

    /// <summary>Sets the learning rate of the steps from now on.</summary>
    public void SetRate(float learningRate) => rate.Fill(learningRate);

    /// <summary>One step, in place. The gradients stay.</summary>
    /// <exception cref="ArgumentException">A parameter has no gradient.</exception>
    public void Run()
    {
        // A graph replays with the addresses that its table holds, so that no one else may write to it.
        object owner = device.Graph ?? (object)this;
        if (!tables.TryGetValue(owner, out var table)) tables.Add(owner, table = new Table(device, length));
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
                changed |= chunk != table.Chunks[i];
                table.Chunks[i] = chunk;
            }
        }

        // Gradients come from the pool in the same order at every step, so that the table settles.
        if (changed) device.Upload(table.View, table.Chunks);
        device.Launcher.Run(new SgdChunks(table.View, rate.View, gate.OnDevice, options), length * SgdChunks.Threads);
        foreach (var (parameter, _) in slots) parameter.Changed();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var table in tables.Values) table.Dispose();
        tables.Clear();
        rate.Dispose();
    }

    private sealed class Table : IDisposable
    {
        private readonly Storage storage;

        public Table(Device device, int length)
        {
            Chunks = new SgdChunk[length];
            using (device.Memory.UseCommon()) storage = new Storage(device.Memory, (long)length * 8);
        }

        public SgdChunk[] Chunks { get; }

        public ArrayView<SgdChunk> View => storage.Block.Floats.Cast<SgdChunk>().SubView(0, Chunks.Length);

        public void Dispose() => storage.Release();
    }
}
