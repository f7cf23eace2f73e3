using System.Globalization;
using System.Text.Json;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>config.json of a run: everything that decides what comes out, resolved, and what it ran on.</summary>
/// <param name="Version">This program's version.</param>
/// <param name="Commit">The commit it was built from; null where the build did not know.</param>
/// <param name="Started">Local time, ISO 8601.</param>
/// <param name="Arguments">The command line.</param>
/// <param name="Device">What it ran on.</param>
/// <param name="Dataset">What it learned.</param>
/// <param name="Teacher">The teacher; null where none takes part.</param>
/// <param name="Student">The student; null where a teacher alone is trained.</param>
/// <param name="Options">Every option of the verb by its long name, with the value that held.</param>
/// <param name="TeacherAccuracy">Test accuracy of a teacher that was trained before, as its checkpoint states it; null without one.</param>
public sealed record RunConfig(
    string Version, string? Commit, string Started, IReadOnlyList<string> Arguments, RunDevice Device, RunDataset Dataset,
    ModelSpec? Teacher, ModelSpec? Student, IReadOnlyDictionary<string, string> Options, double? TeacherAccuracy = null)
{
    private const string EpochsOption = "epochs";

    /// <summary>Sees that it describes a run.</summary>
    /// <exception cref="JsonException">It does not; the message says why.</exception>
    /// <exception cref="ArgumentException">One of its networks cannot be built.</exception>
    internal void Validate()
    {
        Teacher?.Validate();
        Student?.Validate();
        string? epochs = Options.GetValueOrDefault(EpochsOption);
        if (!int.TryParse(epochs, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw new JsonException($"its option '{EpochsOption}' is {(epochs is null ? "missing" : $"'{epochs}', expected a whole number")}");
        }
    }
}

/// <summary>The device of a run.</summary>
/// <param name="Id">What --device calls it.</param>
/// <param name="Name">The driver's name for it.</param>
public sealed record RunDevice(string Id, string Name);

/// <summary>The data set of a run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TrainImages">Training images used.</param>
/// <param name="TestImages">Test images used.</param>
/// <param name="ClassNames">Its classes.</param>
/// <param name="Checksum">SHA-256 over the pixels and labels used, hexadecimal.</param>
public sealed record RunDataset(string Name, int TrainImages, int TestImages, IReadOnlyList<string> ClassNames, string Checksum);
