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
/// <param name="TeacherAccuracy">A ready-trained teacher's test accuracy as its checkpoint states it, 0 … 1; null where none was loaded.</param>
public sealed record RunConfig(
    string Version, string? Commit, string Started, IReadOnlyList<string> Arguments, RunDevice Device, RunDataset Dataset,
    ModelSpec? Teacher, ModelSpec? Student, IReadOnlyDictionary<string, string> Options, double? TeacherAccuracy = null);

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
