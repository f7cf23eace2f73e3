using Idsnn.Engine;

namespace Idsnn.Tests;

/// <summary>The process was killed; nobody catches it.</summary>
public sealed class KilledException() : Exception("killed");

/// <summary>What happens at an operation of the disk.</summary>
public enum DiskFault
{
    /// <summary>It fails, and those after it do not.</summary>
    Fails,

    /// <summary>The disk is full from then on: files can be deleted, nothing more.</summary>
    Fills,

    /// <summary>The process is killed: neither it nor any after it is done.</summary>
    Kills,
}

/// <summary>A disk to which something happens.</summary>
internal sealed class FaultyDisk : IDisposable
{
    public const string Message = "the disk has failed";

    private readonly int at;
    private readonly DiskFault kind;
    private readonly string? only;

    private FaultyDisk(int at, DiskFault kind, string? only)
    {
        (this.at, this.kind, this.only) = (at, kind, only);
        Disk.Before = Announce;
    }

    /// <summary>Operations so far.</summary>
    public int Operations { get; private set; }

    /// <summary>What was at fault: the operation and its path; null where none was.</summary>
    public string? Fault { get; private set; }

    /// <summary>Counts operations alone.</summary>
    public static FaultyDisk Count() => new(int.MaxValue, DiskFault.Fails, null);

    /// <summary>Something happens at operation <paramref name="n"/>, from 1.</summary>
    public static FaultyDisk At(int n, DiskFault kind) => new(n, kind, null);

    /// <summary>Operation <paramref name="n"/> of a kind, from 1, fails.</summary>
    public static FaultyDisk FailAt(int n, string only) => new(n, DiskFault.Fails, only);

    public void Dispose() => Disk.Before = null;

    private void Announce(string operation, string path)
    {
        if (only is not null && only != operation) return;
        Operations++;
        bool happens = kind switch
        {
            DiskFault.Fails => Operations == at,
            DiskFault.Fills => Operations >= at && !operation.StartsWith("delete", StringComparison.Ordinal),
            _ => Operations >= at,
        };
        if (!happens) return;
        Fault ??= $"{operation} {path}";
        throw kind == DiskFault.Kills ? new KilledException() : new IOException(Message);
    }
}
