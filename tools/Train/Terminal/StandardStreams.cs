using System.Runtime.InteropServices;

namespace Idsnn.Tools.Train;

/// <summary>Standard output and standard error as this program writes to them: whatever becomes of them, the work goes on.</summary>
internal static partial class StandardStreams
{
    private const int Output = 1, Errors = 2, GetFlags = 3, AccessMode = 3, ReadOnly = 0;

    /// <summary>Puts writers that do not fail in place of the console's.</summary>
    /// <returns>Standard output.</returns>
    public static SteadyWriter Install()
    {
        var output = new SteadyWriter(IsOpen(Output) ? Console.Out : TextWriter.Null);
        Console.SetOut(output);
        Console.SetError(new SteadyWriter(IsOpen(Errors) ? Console.Error : TextWriter.Null));
        return output;
    }

    /// <summary>
    /// Whether the program was started with the stream open. Where it was not (>&amp;-), .NET's own files have taken its number: a pipe of
    /// which this is the end that is read, or, where both streams were closed, that pipe's other end.
    /// </summary>
    private static bool IsOpen(int descriptor)
    {
        if (OperatingSystem.IsWindows()) return true;
        int flags = Control(descriptor, GetFlags);
        if (flags < 0 || (flags & AccessMode) == ReadOnly) return false;
        return descriptor == Output || IsOpen(Output) || Target(descriptor) != Target(Output);
    }

    private static string? Target(int descriptor)
    {
        var link = new FileInfo($"/proc/self/fd/{descriptor}");
        return link.Exists || link.LinkTarget is not null ? link.LinkTarget : $"{descriptor}";
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command);
}
