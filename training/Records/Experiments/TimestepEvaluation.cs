using System.Globalization;

namespace Idsnn.Training;

/// <summary>What a trained network does at one number of time-steps.</summary>
/// <param name="Run">The run that trained it.</param>
/// <param name="Started">When that was started: another run of the same name is another network.</param>
/// <param name="TrainedAt">T it was trained at.</param>
/// <param name="Timesteps">T it is run at.</param>
/// <param name="Accuracy">On the test set, 0 … 1.</param>
/// <param name="FiringRate">Spikes per neuron and time-step, mean of the layers.</param>
/// <param name="Microjoules">Estimated energy of an image's arithmetic.</param>
/// <param name="Milliseconds">Wall clock of an image, in batches.</param>
public sealed record TimestepEvaluation(
    string Run, string Started, int TrainedAt, int Timesteps, double Accuracy, double FiringRate, double Microjoules, double Milliseconds)
{
    /// <summary>The first line of a file of them.</summary>
    public const string Header = "run,started,trained_at,timesteps,accuracy,firing_rate,energy_uj,ms_per_image";

    /// <summary>The line without its end.</summary>
    public string ToCsv() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Run},{Started},{TrainedAt},{Timesteps},{Accuracy:G9},{FiringRate:G9},{Microjoules:G9},{Milliseconds:G6}");

    /// <summary>Reads a file of them; none where there is no file.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static IReadOnlyList<TimestepEvaluation> Load(string file)
    {
        if (!File.Exists(file)) return [];
        string[] lines = File.ReadAllLines(file);
        if (lines.Length == 0 || lines[0] != Header)
        {
            throw new InvalidDataException($"{file} does not begin with '{Header}'; delete it to measure anew");
        }

        try
        {
            return [.. lines.Skip(1).Select(Parse)];
        }
        catch (Exception e) when (e is FormatException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"{file} is damaged; delete it to measure anew", e);
        }
    }

    private static TimestepEvaluation Parse(string line)
    {
        string[] cells = line.Split(',');
        double Number(int i) => double.Parse(cells[i], CultureInfo.InvariantCulture);
        return new TimestepEvaluation(cells[0], cells[1], (int)Number(2), (int)Number(3), Number(4), Number(5), Number(6), Number(7));
    }
}
