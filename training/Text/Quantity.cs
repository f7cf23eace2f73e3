using System.Globalization;

namespace Idsnn.Training;

/// <summary>Quantities as people read them.</summary>
public static class Quantity
{
    /// <summary>17 s, 4 min 05 s, 3 h 12 min, 2 d 05 h.</summary>
    public static string Time(double seconds)
    {
        if (!double.IsFinite(seconds) || seconds > TimeSpan.MaxValue.TotalSeconds / 2) return "unknown";
        var time = TimeSpan.FromSeconds(Math.Round(seconds));
        return time switch
        {
            { TotalSeconds: < 60 } => Text($"{time.Seconds} s"),
            { TotalMinutes: < 60 } => Text($"{time.Minutes} min {time.Seconds:D2} s"),
            { TotalHours: < 24 } => Text($"{time.Hours} h {time.Minutes:D2} min"),
            _ => Text($"{time.Days} d {time.Hours:D2} h"),
        };
    }

    /// <summary>812 MiB, 1.3 GiB.</summary>
    public static string Memory(long bytes)
    {
        const double mebi = 1 << 20, gibi = 1 << 30;
        return bytes < gibi ? Text($"{bytes / mebi:F0} MiB") : Text($"{bytes / gibi:F1} GiB");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
