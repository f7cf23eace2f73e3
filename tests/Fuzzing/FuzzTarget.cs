using System.Diagnostics;
using System.Globalization;

namespace Idsnn.Tests.Fuzzing;

/// <summary>A reader and sound inputs for it.</summary>
/// <param name="Name">What it reads.</param>
/// <param name="Seeds">Sound inputs, which it must accept.</param>
/// <param name="Read">Reads an input that lies in a file, alone in a folder but for what <see cref="Prepare"/> put there.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, Action<string> Read)
{
    private const long MostBytes = 64 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>What the file is called.</summary>
    public string File { get; init; } = "input";

    /// <summary>Puts further files beside it, once.</summary>
    public Action<string> Prepare { get; init; } = _ => { };

    /// <summary>How inputs are damaged.</summary>
    public Func<byte[], Random, byte[]> Mutate { get; init; } = Mutator.Mutate;

    /// <summary>Memory that an input declares that it needs, which a reader may take beside the common limit.</summary>
    public Func<byte[], long> Declared { get; init; } = input => input.Length;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Reads many damaged inputs.</summary>
    /// <param name="count">How many.</param>
    /// <param name="first">The number of the first; an input depends on its number alone.</param>
    /// <returns>A line for each that went wrong; the input is kept in the temporary folder.</returns>
    public IReadOnlyList<string> Run(int count, int first)
    {
        var folder = new TemporaryFolder();
        Prepare(folder.Path);
        string path = folder.File(File);
        foreach (byte[] seed in Seeds)
        {
            System.IO.File.WriteAllBytes(path, seed);
            Read(path);
        }

        string[] entries = [.. folder.Entries];
        var failures = new List<string>();
        int number = first;
        var sinceLast = Stopwatch.StartNew();
        var worker = new Thread(() =>
        {
            for (; number < first + count; number++)
            {
                byte[] input = Input(number);
                System.IO.File.WriteAllBytes(path, input);
                sinceLast.Restart();
                if (Judge(path, input) is { } wrong) failures.Add(Told(number, input, wrong));
                if (!entries.SequenceEqual(folder.Entries)) failures.Add(Told(number, input, "files were written or deleted"));
            }
        })
        {
            IsBackground = true,
        };
        worker.Start();
        while (!worker.Join(TimeSpan.FromSeconds(1)))
        {
            // The reader still has the folder then, which stays.
            if (sinceLast.Elapsed > Patience)
            {
                return [.. failures, Told(number, Input(number), $"it did not end within {Patience.TotalSeconds} s")];
            }
        }

        folder.Dispose();
        return failures;
    }

    private byte[] Input(int number)
    {
        // String.GetHashCode differs from process to process.
        int name = Name.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));
        var random = new Random(unchecked((number * 7919) + name));
        return Mutate(Seeds[random.Next(Seeds.Count)], random);
    }

    private string? Judge(string path, byte[] input)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Read(path);
        }
        catch (Exception e) when (
            e is ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException or ArithmeticException)
        {
            if (e is ArgumentNullException or NullReferenceException) return e.ToString();
        }
        catch (Exception e)
        {
            return e.ToString();
        }

        long taken = GC.GetAllocatedBytesForCurrentThread() - before;
        return taken > MostBytes + (8 * Declared(input)) ? string.Create(CultureInfo.InvariantCulture, $"it took {taken >> 20} MiB") : null;
    }

    private string Told(int number, byte[] input, string wrong)
    {
        string kept = Path.Combine(Path.GetTempPath(), $"idsnn-fuzz-{Name.Replace(' ', '-')}-{number}");
        System.IO.File.WriteAllBytes(kept, input);
        return $"{Name}, input {number} ({kept}): {wrong}";
    }
}
