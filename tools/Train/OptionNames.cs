using System.Text.RegularExpressions;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>
/// What the command calls the settings of a training. The libraries speak of quantities, "the learning rate"; here that becomes the option.
/// </summary>
internal static class OptionNames
{
    // The quantities that the libraries' advice names, and what it says beside them.
    private static readonly (string Quantity, string Option)[] Advice =
    [
        .. ((RunSetting[])
        [
            RunSettings.Rate, RunSettings.Threshold, RunSettings.Decay, RunSettings.SurrogateWidth, RunSettings.TeacherCheckpoint,
            RunSettings.ImageSize, RunSettings.DataPath, RunSettings.BatchSize, RunSettings.Width, RunSettings.Timesteps,
        ]).Select(setting => (setting.Quantity, Of(setting))),
        ("start from the teacher", "--init prefix"),
        ("take such a teacher", "--teacher"),
        ("start the student from random weights", "--init none"),
        ("in full precision", "--precision fp32"),
        ("resume that", "--resume"),
        ("download CIFAR-10", "download --dataset cifar10 --data-path FOLDER"),
        ("download CIFAR-100", "download --dataset cifar100 --data-path FOLDER"),
    ];

    /// <summary>The option of a setting.</summary>
    public static string Of(RunSetting setting) => $"--{setting.Key}";

    /// <summary>With --name value, or without --name.</summary>
    public static string With(RunSetting setting, RunSpec spec) =>
        setting.Text(spec) is { } value ? $"with {Of(setting)} {value}" : $"without {Of(setting)}";

    /// <summary>What an error says, in options.</summary>
    public static string Of(Exception e) => e is SettingException setting ? setting.Says(Of) : In(e.Message);

    /// <summary>A line of a log: a warning in options, anything else as it is.</summary>
    public static string OfLine(string line) => line.StartsWith("warning:", StringComparison.Ordinal) ? In(line) : line;

    /// <summary>A message with the option behind each quantity that its advice names.</summary>
    public static string In(string message)
    {
        foreach (var (quantity, option) in Advice)
        {
            message = new Regex($@"{Regex.Escape(quantity)}\b(?! \(--)").Replace(message, _ => $"{quantity} ({option})", count: 1);
        }

        return message;
    }
}
