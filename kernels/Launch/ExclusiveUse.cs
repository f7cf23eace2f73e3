namespace Idsnn.Kernels.Launch;

/// <summary>
/// Sees that one thread at a time uses a device, and none once it is disposed. A thread that claims the device, as an open tensor scope
/// does, keeps it until it releases it; between claims the threads may take turns.
/// </summary>
/// <param name="device">What the device is called in messages.</param>
public sealed class ExclusiveUse(string device)
{
    private int claimant, user;
    private bool closed;

    /// <summary>Whether the device was disposed.</summary>
    public bool IsClosed => closed;

    /// <summary>Starts a use that ends with the returned value's disposal; a use may contain others of its thread.</summary>
    /// <exception cref="InvalidOperationException">Another thread uses the device or has claimed it.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public Turn Enter()
    {
        int thread = Environment.CurrentManagedThreadId;
        if (closed) throw new ObjectDisposedException(device, $"the device {device} was disposed; open it again");
        if (claimant != 0 && claimant != thread) throw InUse();
        int before = Interlocked.CompareExchange(ref user, thread, 0);
        if (before == thread) return default;
        return before == 0 ? new Turn(this) : throw InUse();
    }

    /// <summary>Keeps other threads out until <see cref="Release"/>.</summary>
    public void Claim()
    {
        using var turn = Enter();
        claimant = Environment.CurrentManagedThreadId;
    }

    /// <summary>Lets other threads in again.</summary>
    public void Release() => claimant = 0;

    /// <summary>Refuses every use from now on.</summary>
    public void Close() => closed = true;

    private InvalidOperationException InUse() => new(
        $"the device {device} is in use by another thread; one thread at a time may use a device: let that thread end its work "
        + "and dispose its tensor scope first, or open a device for each thread");

    /// <summary>One use of the device.</summary>
    public readonly ref struct Turn
    {
        private readonly ExclusiveUse? use;

        internal Turn(ExclusiveUse use) => this.use = use;

        /// <summary>Ends the use.</summary>
        public void Dispose()
        {
            if (use is not null) Volatile.Write(ref use.user, 0);
        }
    }
}
