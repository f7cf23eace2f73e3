namespace Idsnn.Engine;

/// <summary>
/// The folder in which PoCL keeps what it compiled. Where PoCL cannot write there it reports no device, fails at the first kernel, or (on a
/// full disk) ends the process, so that this is seen to before PoCL is used.
/// </summary>
internal static class PoclCache
{
    /// <summary>The environment variable that names the folder.</summary>
    private const string Variable = "POCL_CACHE_DIR";

    /// <summary>What must be free on its disk; all kernels of a training take a few megabytes.</summary>
    private const long LeastFreeBytes = 32 << 20;

    /// <summary>The folder, as PoCL chooses it.</summary>
    public static string Folder =>
        Given(Variable)
        ?? (Given("XDG_CACHE_HOME") is { } cache ? Path.Combine(cache, "pocl", "kcache") : null)
        ?? (Given("HOME") is { } home ? Path.Combine(home, ".cache", "pocl", "kcache") : "/tmp/pocl/kcache");

    /// <summary>Why PoCL cannot use a folder, and what to do; null where it can.</summary>
    public static string? Obstacle(string folder) => Fault(folder) is { } fault
        ? $"PoCL's cache {folder} cannot be used: {fault}; "
            + $"set {Variable} to a folder that can be written, with {LeastFreeBytes >> 20} MiB free"
        : null;

    private static string? Fault(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string probe = Path.Combine(folder, $"idsnn-{Environment.ProcessId}.tmp");
            using (File.Create(probe, bufferSize: 0, FileOptions.DeleteOnClose))
            {
                long free = new DriveInfo(folder).AvailableFreeSpace;
                return free < LeastFreeBytes ? $"{free >> 10} KiB are free on its disk" : null;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return e.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        }
    }

    private static string? Given(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
