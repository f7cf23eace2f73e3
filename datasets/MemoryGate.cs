namespace Idsnn.Datasets;

/// <summary>Lets as much work run at once as memory is set aside for; work that would take more waits for work to end.</summary>
internal sealed class MemoryGate(long most)
{
    private readonly object gate = new();
    private long taken;

    /// <summary>Runs work that takes so many bytes; what alone exceeds the limit runs alone.</summary>
    public T Run<T>(long bytes, Func<T> work)
    {
        bytes = Math.Min(bytes, most);
        lock (gate)
        {
            while (taken + bytes > most) Monitor.Wait(gate);
            taken += bytes;
        }

        try
        {
            return work();
        }
        finally
        {
            lock (gate)
            {
                taken -= bytes;
                Monitor.PulseAll(gate);
            }
        }
    }
}
