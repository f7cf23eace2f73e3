using System.Runtime.CompilerServices;
using ILGPU;

namespace Idsnn.Engine;

/// <summary>
/// The addresses of an optimizer's parameters and of what it keeps beside them, in chunks, on the device: with them one launch updates all.
/// </summary>
/// <typeparam name="TChunk">What the kernel reads of a chunk.</typeparam>
/// <param name="op">The update's name, for errors.</param>
/// <param name="parameters">The parameters.</param>
/// <param name="chunkAt">Makes a chunk of a parameter: its index, the first byte, and the number of elements.</param>
internal sealed class UpdateTable<TChunk>(string op, IReadOnlyList<Tensor> parameters, Func<int, long, int, TChunk> chunkAt) : IDisposable
    where TChunk : unmanaged, IEquatable<TChunk>
{
    private readonly Device device = parameters[0].Device;
    private readonly Dictionary<object, Table> tables = [];

    /// <summary>Chunks of all parameters.</summary>
    public int Length { get; } = parameters.Sum(parameter => (parameter.Shape.Size + SgdChunks.Length - 1) / SgdChunks.Length);

    /// <summary>The chunks on the device, brought up to date where a gradient has moved.</summary>
    /// <exception cref="ArgumentException">A parameter has no gradient.</exception>
    public ArrayView<TChunk> Current()
    {
        // A graph replays with the addresses that its table holds, so that no one else may write to it.
        object owner = device.Graph ?? (object)this;
        if (!tables.TryGetValue(owner, out var table)) tables.Add(owner, table = new Table(device, Length));
        bool changed = false;
        int at = 0;
        for (int i = 0; i < parameters.Count; i++)
        {
            var parameter = parameters[i];
            Require.That(parameter.Gradient is not null, $"{op}: the parameter {parameter.Shape} has no gradient; run Backward first");
            for (int start = 0; start < parameter.Shape.Size; start += SgdChunks.Length, at++)
            {
                var chunk = chunkAt(i, (long)start * sizeof(float), Math.Min(SgdChunks.Length, parameter.Shape.Size - start));
                changed |= !chunk.Equals(table.Chunks[at]);
                table.Chunks[at] = chunk;
            }
        }

        // Gradients come from the pool in the same order at every step, so that the table settles.
        if (changed) device.Upload(table.View, table.Chunks);
        return table.View;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var table in tables.Values) table.Dispose();
        tables.Clear();
    }

    private sealed class Table : IDisposable
    {
        private readonly Storage storage;

        public Table(Device device, int length)
        {
            Chunks = new TChunk[length];
            using (device.Memory.UseCommon())
            {
                storage = new Storage(device.Memory, (long)length * (Unsafe.SizeOf<TChunk>() / sizeof(float)));
            }
        }

        public TChunk[] Chunks { get; }

        public ArrayView<TChunk> View => storage.Block.Floats.Cast<TChunk>().SubView(0, Chunks.Length);

        public void Dispose() => storage.Release();
    }
}
