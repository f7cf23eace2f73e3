using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Idsnn.Tools.Train;

/// <summary>
/// Ends the process with one line where it may open too few files: .NET would fail at whatever it loads next. Runs before anything else,
/// and so uses nothing that is still to be loaded.
/// </summary>
internal static partial class OpenFiles
{
    /// <summary>A training has up to 111 open.</summary>
    private const long Least = 128;

    private const int Limit = 7, StandardError = 2;

#pragma warning disable CA2255 // Before Main, which already loads what it names.
    [ModuleInitializer]
    internal static void Require()
    {
        if (!OperatingSystem.IsLinux() || GetLimit(Limit, out var limit) != 0 || limit.Soft is < 0 or >= Least) return;
        Write(StandardError, "error: this process may open fewer than 128 files at once; raise the limit, as by: ulimit -n 1024\n"u8);
        Exit(Cli.WrongInput);
    }
#pragma warning restore CA2255

    private static unsafe void Write(int file, ReadOnlySpan<byte> text)
    {
        fixed (byte* first = text) _ = Write(file, first, text.Length);
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "write")]
    private static unsafe partial nint Write(int file, byte* text, nint length);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);

    private struct ResourceLimit
    {
        public long Soft;
        public long Hard;
    }
}
