namespace Idsnn.Engine;

/// <summary>A block that several tensors may share; it goes back to the pool with the last of them.</summary>
internal sealed class Storage(MemoryPool pool, long floats)
{
    private readonly Dictionary<object, Tensor> derived = [];
    private readonly HashSet<object> current = [];
    private int references = 1;

    public PoolBlock Block { get; } = pool.Rent(floats);

    public bool Shared => references > 1;

    public Storage Retain()
    {
        references++;
        return this;
    }

    /// <exception cref="InvalidOperationException">It was released as often as it was retained.</exception>
    public void Release()
    {
        if (references == 0) throw new InvalidOperationException("memory was given back twice: two tensors would get it next");
        if (references == 1)
        {
            // First, since it refuses another thread.
            pool.Return(Block);
            foreach (var tensor in derived.Values) tensor.Dispose();
            derived.Clear();
        }

        references--;
    }

    /// <summary>Something computed from the elements; it is kept, and computed again after they have changed.</summary>
    public Tensor Derive(object key, Func<Tensor> allocate, Action<Tensor> compute)
    {
        if (!derived.TryGetValue(key, out var tensor))
        {
            using (pool.UseCommon()) derived.Add(key, tensor = allocate());
        }

        if (current.Add(key)) compute(tensor);
        return tensor;
    }

    /// <summary>Says that the elements changed.</summary>
    public void Changed() => current.Clear();
}
