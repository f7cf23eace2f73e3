using System.Globalization;
using System.Text;

namespace Idsnn.Engine;

/// <summary>A folder is being written to by somebody else; the message says by whom.</summary>
public sealed class FolderInUseException(string message) : IOException(message);

/// <summary>A folder went while it was being written to.</summary>
public sealed class FolderGoneException(string message) : IOException(message);

/// <summary>
/// A folder that this process alone writes to: as long as it is claimed, it holds a file that is locked and says who has it. The operating
/// system takes the lock back from a process that ends in whatever way, so that what a killed one leaves behind keeps nobody out.
/// </summary>
public sealed class ClaimedFolder : IDisposable
{
    /// <summary>The file in the folder that is locked.</summary>
    public const string LockFile = "run.lock";

    private const int Eagain = 11, EagainOfMacOS = 35, SharingViolation = 32;

    private readonly string lockPath, owner;
    private readonly List<string> made;
    private readonly FileStream held;

    /// <summary>Claims a folder, which is made with those above it if it is not there.</summary>
    /// <exception cref="FolderInUseException">Another process, or another run of this one, has it.</exception>
    /// <exception cref="IOException">It cannot be made or written to; what was made is gone again.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of permission.</exception>
    public ClaimedFolder(string path)
    {
        Path = path;
        lockPath = System.IO.Path.Combine(path, LockFile);
        owner = string.Create(
            CultureInfo.InvariantCulture,
            $"process {Environment.ProcessId} on {Environment.MachineName} since {DateTimeOffset.Now:yyyy-MM-dd HH:mm:ss.fffffff zzz}");
        made = Missing(path);
        try
        {
            Disk.CreateFolder(path);
            held = Lock();
        }
        catch
        {
            RemoveMade();
            throw;
        }
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Sees that the folder is still there and still this process's.</summary>
    /// <exception cref="FolderGoneException">It was deleted, moved or replaced.</exception>
    public void RequireThere()
    {
        if (IsOurs()) return;
        throw new FolderGoneException(
            $"the folder '{Path}' (or {LockFile} in it) was deleted or moved while it was being written to; nothing more is written there");
    }

    /// <summary>
    /// Takes back that the folder was made: it goes with all that is in it, and those above it that were made for it as far as they are
    /// empty. A folder that was there before stays.
    /// </summary>
    public void Remove()
    {
        if (made.Count == 0 || !IsOurs()) return;
        Disk.DeleteFolder(Path, recursive: true);
        RemoveMade();
    }

    /// <summary>Lets others have the folder.</summary>
    public void Dispose()
    {
        try
        {
            if (IsOurs()) Disk.Delete(lockPath);
        }
        catch (IOException)
        {
            // A lock file that nobody holds keeps nobody out.
        }
        finally
        {
            held.Dispose();
        }
    }

    private FileStream Lock()
    {
        while (true)
        {
            FileStream stream;
            try
            {
                stream = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException e) when ((e.HResult & 0xFFFF) is Eagain or EagainOfMacOS or SharingViolation)
            {
                throw new FolderInUseException($"'{Path}' is in use by {WhoHasIt()}; wait for it to end, or stop it");
            }

            try
            {
                stream.SetLength(0);
                stream.Write(Encoding.UTF8.GetBytes(owner));

                // One that was deleted between the opening and the locking, by the process that had it before, keeps nobody out.
                if (IsOurs()) return stream;
                stream.Dispose();
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }
    }

    /// <summary>Whether the lock file is the one that this process has locked. Windows lets nobody delete a file that is open.</summary>
    private bool IsOurs() => OperatingSystem.IsWindows() ? File.Exists(lockPath) : ReadOwner() == owner;

    private string WhoHasIt()
    {
        // To the second; the rest of the time keeps two claims of one process apart.
        string? name = OperatingSystem.IsWindows() ? null : ReadOwner();
        int fraction = name?.LastIndexOf('.') ?? -1;
        return fraction > 0 ? name![..fraction] : "another process";
    }

    private string? ReadOwner()
    {
        const int most = 1000;
        try
        {
            using var stream = new FileStream(Posix.OpenToRead(lockPath), FileAccess.Read, bufferSize: 0);
            byte[] bytes = new byte[most];
            return Encoding.UTF8.GetString(bytes, 0, stream.ReadAtLeast(bytes, most, throwOnEndOfStream: false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Deletes what was made and is empty, from the innermost folder outwards.</summary>
    private void RemoveMade()
    {
        foreach (string folder in made.Where(Directory.Exists))
        {
            if (Directory.EnumerateFileSystemEntries(folder).Any()) return;
            try
            {
                Disk.DeleteFolder(folder, recursive: false);
            }
            catch (IOException)
            {
                // Somebody has just put something into it.
                return;
            }
        }
    }

    /// <summary>The folders on the way that are not there yet, the innermost first.</summary>
    private static List<string> Missing(string path)
    {
        var missing = new List<string>();
        for (string? at = System.IO.Path.GetFullPath(path);
            at is not null && !System.IO.Path.Exists(at);
            at = System.IO.Path.GetDirectoryName(at))
        {
            missing.Add(at);
        }

        return missing;
    }
}
