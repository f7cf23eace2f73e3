using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Idsnn.Datasets;
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
/// <param name="Options">Every setting of the training (<see cref="RunSettings"/>) by its name, with the value that held.</param>
/// <param name="TeacherAccuracy">Test accuracy of a teacher that was trained before, as its checkpoint states it; null without one.</param>
public sealed record RunConfig(
    string Version, string? Commit, string Started, IReadOnlyList<string> Arguments, RunDevice Device, RunDataset Dataset,
    ModelSpec? Teacher, ModelSpec? Student, IReadOnlyDictionary<string, string> Options, double? TeacherAccuracy = null)
{
    /// <summary>The epochs that the network it is about was to be trained for; null where it is not said.</summary>
    [JsonIgnore]
    public int? Epochs => (int?)RunSettings.Epochs.In(Options);

    /// <summary>The epochs that the teacher was to be trained for; null where it is not said.</summary>
    [JsonIgnore]
    public int? TeacherEpochs => (int?)RunSettings.TeacherEpochs.In(Options) ?? Epochs;

    /// <summary>The training; what an older config.json does not say has the default, and what is unknown is passed over.</summary>
    /// <exception cref="SettingException">A value is not one of its setting's.</exception>
    public RunSpec ToSpec() =>
        RunSettings.Read(Options.Where(option => RunSettings.Find(option.Key) is not null).ToDictionary());

    /// <summary>SHA-256 over pixels and labels, hexadecimal.</summary>
    public static string ChecksumOf(Dataset dataset)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var set in (ImageSet[])[dataset.Train, dataset.Test])
        {
            hash.AppendData(set.Pixels);
            hash.AppendData(MemoryMarshal.AsBytes(set.Labels.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Sees that it describes a run.</summary>
    /// <exception cref="JsonException">It does not; the message says why.</exception>
    /// <exception cref="ArgumentException">One of its networks cannot be built.</exception>
    internal void Validate()
    {
        Teacher?.Validate();
        Student?.Validate();
        if (Epochs >= 0) return;
        string key = RunSettings.Epochs.Key;
        string? text = Options.GetValueOrDefault(key);
        throw new JsonException($"its option '{key}' is {(text is null ? "missing" : $"'{text}', expected a whole number")}");
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
