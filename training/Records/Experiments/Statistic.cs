namespace Idsnn.Training;

/// <summary>Mean and spread of repeated measurements.</summary>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="Deviation">Sample standard deviation (n − 1); null of a single measurement.</param>
/// <param name="Count">How many there are.</param>
public sealed record Statistic(double Mean, double? Deviation, int Count)
{
    /// <summary>Of some measurements; null of none.</summary>
    public static Statistic? Of(params IEnumerable<double> values)
    {
        double[] all = [.. values];
        if (all.Length == 0) return null;
        double mean = all.Average();
        return new Statistic(
            mean, all.Length == 1 ? null : Math.Sqrt(all.Sum(v => (v - mean) * (v - mean)) / (all.Length - 1)), all.Length);
    }
}
