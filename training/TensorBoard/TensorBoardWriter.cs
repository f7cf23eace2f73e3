using System.Globalization;
using Google.Protobuf;
using Idsnn.Training.TensorBoard;

namespace Idsnn.Training;

/// <summary>
/// Writes scalars that TensorBoard shows: an event file in a folder, made with the first of them. A run that is resumed opens a second
/// file beside the first, which TensorBoard reads as its continuation. Each scalar is with the operating system when the call returns,
/// so what ends the process leaves at most the last record cut short, which readers take for the end.
/// </summary>
/// <remarks>
/// Scalars are written as simple_value, without metadata: TensorBoard (2.x, both its readers) turns them into its scalars plugin's own.
/// The bytes depend on nothing but what is passed in.
/// </remarks>
/// <param name="folder">The log folder of one run; it is made where it is not there.</param>
public sealed class TensorBoardWriter(string folder) : IDisposable
{
    private FileStream? file;

    /// <summary>Adds a point to a curve.</summary>
    /// <param name="tag">The curve; what stands before a / groups curves: accuracy/test.</param>
    /// <param name="value">Stored as a float32.</param>
    /// <param name="step">Where on the x axis: the epoch, or the step.</param>
    /// <param name="time">When it was measured.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Scalar(string tag, double value, long step, DateTimeOffset time)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        file ??= Open(time);
        var summary = new Summary();
        summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });
        Write(new Event { WallTime = Seconds(time), Step = step, Summary = summary });
    }

    /// <inheritdoc/>
    public void Dispose() => file?.Dispose();

    private static double Seconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalSeconds;

    /// <summary>Makes events.out.tfevents.SECONDS.HOST.PID; readers take files in the order of their names.</summary>
    private FileStream Open(DateTimeOffset time)
    {
        Directory.CreateDirectory(folder);
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"events.out.tfevents.{time.ToUnixTimeSeconds():D10}.{Environment.MachineName}.{Environment.ProcessId}");
        string path = Path.Combine(folder, name);
        for (int i = 1; File.Exists(path); i++) path = Path.Combine(folder, $"{name}.{i}");
        file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        Write(new Event { WallTime = Seconds(time), FileVersion = "brain.Event:2" });
        return file;
    }

    private void Write(Event record) => file!.Write(RecordFile.Frame(record.ToByteArray()));
}
