using Idsnn.Models;

namespace Idsnn.Reports;

/// <summary>A run with what a report says of it again and again.</summary>
internal sealed class RunView(RunRecord record)
{
    public RunRecord Record { get; } = record;

    public RunSummary Summary { get; } = RunSummary.Of(record);

    public RunConfig Config => Record.Config;

    public NetworkInsight? Insight => Record.Results?.Insight;

    /// <summary>What it is about: the student; the teacher where no student takes part.</summary>
    public string Subject => Config.Student is null ? RunSummary.TeacherName : RunSummary.StudentName;

    /// <summary>How far that has got.</summary>
    public NetworkProgress? Progress => Config.Student is null ? Summary.Teacher : Summary.Student;

    /// <summary>The accuracy that a student is measured by; null where there is no student, or nothing is known of its teacher.</summary>
    public double? TeacherLevel => Config.Student is null ? null : Summary.TeacherAccuracy;

    /// <summary>Mean of the layers' firing rates; null where nothing is known of them.</summary>
    public double? MeanRate => Insight?.MeanRate;

    /// <summary>Its epochs of training; the row of an untrained network, epoch 0, is none.</summary>
    public IReadOnlyList<EpochRow> Rows(string network) => [.. Record.Epochs.Where(row => row.Network == network && row.Epoch > 0)];

    /// <summary>Spiking ResNet-18, with a hyphen at which no line breaks.</summary>
    public static string NameOf(ModelSpec? model) => model is null ? "A network" : (model.Kind switch
    {
        ModelKind.Ann => string.Empty,
        ModelKind.Spiking => "Spiking ",
        ModelKind.Sew => "SEW ",
        _ => "MS ",
    }) + (model.Family == Family.Vgg ? "VGG" : "ResNet") + $"\u2011{model.Depth}";

    /// <summary>Spiking ResNet-18 on CIFAR-10.</summary>
    public string Title => $"{NameOf(Summary.Model)} on {Summary.Dataset}";

    /// <summary>12 of 200 epochs; 200 epochs where these are all.</summary>
    public static string EpochsOf(NetworkProgress? progress) => progress switch
    {
        null => "no epoch yet",
        { Asked: { } asked } p when asked != p.Epochs => $"{Say.Count(p.Epochs)} of {Say.Count(asked, "epoch")}",
        var p => Say.Count(p.Epochs, "epoch"),
    };

    /// <summary>T, where a network has one.</summary>
    public static string TimestepCell(ModelSpec? model) => model is { IsSpiking: true } ? Say.Count(model.Timesteps) : Say.Unknown;

    /// <summary>The same without the word, for a table.</summary>
    public static string EpochCell(NetworkProgress? progress) => progress switch
    {
        null => Say.Unknown,
        { Asked: { } asked } p when asked != p.Epochs => $"{Say.Count(p.Epochs)} of {Say.Count(asked)}",
        var p => Say.Count(p.Epochs),
    };
}
