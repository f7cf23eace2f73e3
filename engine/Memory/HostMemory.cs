using System.Globalization;

namespace Idsnn.Engine;

/// <summary>
/// The memory that this process may have on Linux: the machine's, or less inside control groups (containers, systemd units). Where neither
/// is known, as on other systems, nothing is limited. Drivers for CPUs take more than there is without a word, and the kernel ends the
/// process when it writes there.
/// </summary>
/// <param name="FreeBytes">What it may still take; long.MaxValue where that is not known.</param>
/// <param name="LimitBytes">What it may have in all; long.MaxValue where that is not known.</param>
/// <param name="Limit">What limits it: the machine, or a control group by its path.</param>
public sealed record HostMemory(long FreeBytes, long LimitBytes, string Limit)
{
    private const string Unified = "sys/fs/cgroup", Hybrid = "sys/fs/cgroup/unified", Version1 = "sys/fs/cgroup/memory";

    /// <summary>Reads it: the limit under which least is free.</summary>
    /// <param name="root">The folder that holds proc and sys.</param>
    public static HostMemory Read(string root = "/")
    {
        var machine = Machine(root);
        long swap = machine.SwapBytes;
        return Groups(root, swap).Append(machine.Memory).MinBy(memory => memory.FreeBytes)!;
    }

    private static (HostMemory Memory, long SwapBytes) Machine(string root)
    {
        var lines = Numbers(Path.Combine(root, "proc/meminfo"));
        long swap = Kibibytes("SwapFree:") ?? 0;
        long free = Kibibytes("MemAvailable:") + swap ?? long.MaxValue, all = Kibibytes("MemTotal:") ?? long.MaxValue;
        return (new HostMemory(free, all, "the machine"), swap);

        long? Kibibytes(string name) => lines.TryGetValue(name, out long number) ? number * 1024 : null;
    }

    /// <summary>The limits of the process's control groups and of those around them, by either version of the kernel's interface.</summary>
    private static IEnumerable<HostMemory> Groups(string root, long swap)
    {
        string file = Path.Combine(root, "proc/self/cgroup");
        foreach (string line in Lines(file))
        {
            // Number, controllers, path; a container may see its group at the root whatever the path.
            string[] parts = line.Split(':', 3);
            if (parts.Length < 3) continue;
            string[] mounts = parts[1].Length == 0 ? [Unified, Hybrid] : parts[1].Split(',').Contains("memory") ? [Version1] : [];
            for (string? path = parts[2]; path is not null; path = Path.GetDirectoryName(path))
            {
                foreach (string mount in mounts)
                {
                    string folder = Path.Combine(root, mount, path.TrimStart('/'));
                    if (Group(folder, mount == Version1, path, swap) is { } group) yield return group;
                }
            }
        }
    }

    private static HostMemory? Group(string folder, bool isVersion1, string path, long swap)
    {
        var (limitName, usedName, swapLimitName, swapUsedName, prefix) = isVersion1
            ? ("memory.limit_in_bytes", "memory.usage_in_bytes", string.Empty, string.Empty, "total_")
            : ("memory.max", "memory.current", "memory.swap.max", "memory.swap.current", string.Empty);
        if (Number(folder, limitName) is not { } limit || Number(folder, usedName) is not { } used) return null;

        // Without a limit version 1 says the largest number of pages. Files in memory make way for what is needed.
        if (limit > long.MaxValue / 2) return null;
        var statistics = Numbers(Path.Combine(folder, "memory.stat"));
        long files = statistics.GetValueOrDefault(prefix + "inactive_file") + statistics.GetValueOrDefault(prefix + "active_file");
        if (Number(folder, swapLimitName) is { } swapLimit) swap = Math.Min(swap, swapLimit - (Number(folder, swapUsedName) ?? 0));
        return new HostMemory(Math.Max(limit - used + Math.Min(files, used) + Math.Max(swap, 0), 0), limit, $"the control group {path}");
    }

    private static long? Number(string folder, string name)
    {
        string text = name.Length == 0 ? string.Empty : Lines(Path.Combine(folder, name)).FirstOrDefault(string.Empty);
        return long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) ? number : null;
    }

    /// <summary>None where the file is not there or cannot be read.</summary>
    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The first number of each line, by the word before it.</summary>
    private static Dictionary<string, long> Numbers(string file)
    {
        var numbers = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string line in Lines(file))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2) continue;
            if (long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long number)) numbers[words[0]] = number;
        }

        return numbers;
    }
}
