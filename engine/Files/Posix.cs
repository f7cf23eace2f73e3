using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Idsnn.Engine;

/// <summary>Calls of Linux and macOS that .NET offers only with its own rules.</summary>
internal static partial class Posix
{
    private const int Invalid = 22;

    /// <summary>
    /// Opens a file or a folder without .NET's advisory lock, which a file that another process has to itself would refuse.
    /// </summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle OpenToRead(string path)
    {
        int closeOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;
        int descriptor = Open(path, closeOnExec);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure(path, "opened");
    }

    /// <summary>
    /// Waits until a file's content, or a folder's names, are on the disk. .NET's own Flush(true) does not tell of a disk that fails at it.
    /// </summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public static void Sync(SafeFileHandle handle, string path)
    {
        if (FSync((int)handle.DangerousGetHandle()) == 0) return;

        // Not of the disk: pipes and some network file systems know no such operation.
        if (Marshal.GetLastPInvokeError() == Invalid) return;
        throw Failure(path, "written to the disk");
    }

    private static IOException Failure(string path, string done) =>
        new($"'{path}' could not be {done}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);
}
