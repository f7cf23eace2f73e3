using Google.Protobuf;
using Idsnn.Training.TensorBoard;

namespace Idsnn.Runs;

/// <summary>Records of TensorBoard's event files, framed; the bytes depend on nothing but what is passed in.</summary>
internal static class BoardRecord
{
    /// <summary>The record that an event file begins with.</summary>
    public static byte[] Head(DateTimeOffset time) => Frame(new Event { WallTime = Seconds(time), FileVersion = "brain.Event:2" });

    /// <summary>A point of a curve.</summary>
    /// <param name="tag">The curve; what stands before a / groups curves: accuracy/test.</param>
    /// <param name="value">Stored as a float32.</param>
    /// <param name="step">Where on the x axis: the epoch, or the step.</param>
    /// <param name="time">When it was measured.</param>
    public static byte[] Scalar(string tag, double value, long step, DateTimeOffset time)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        var summary = new Summary();
        summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });
        return Frame(new Event { WallTime = Seconds(time), Step = step, Summary = summary });
    }

    private static double Seconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalSeconds;

    private static byte[] Frame(Event record) => RecordFile.Frame(record.ToByteArray());
}
