using System.Globalization;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Reports;

/// <summary>What ran, on what, and how to run it again.</summary>
internal static class SettingSection
{
    private const string Program = "dotnet run -c Release --project tools/Train --";

    public static Html Of(RunView run)
    {
        var config = run.Config;
        return Html.Of($"""
            {Command(run)}<table class="facts"><tbody>
            {Fact("teacher", Describe(config.Teacher))}{Fact("student", Describe(config.Student))}
            {Fact("method", Method(config.Options))}{Fact("optimisation", Optimisation(config.Options))}
            {Fact("data", Data(config.Dataset))}{Fact("checksum", $"SHA-256 {config.Dataset.Checksum}")}
            {Fact("device", $"{config.Device.Id}: {config.Device.Name}")}
            {Fact("program", $"idsnn-train {config.Version}" + (config.Commit is null ? string.Empty : $", commit {config.Commit}"))}
            {Fact("started", Say.Date(config.Started))}{Fact("folder", run.Record.Path)}</tbody></table>
            {Options(config.Options)}
            """);
    }

    /// <summary>The command line that repeats the run.</summary>
    public static Html Command(RunView run) => run.Config.Arguments.Count == 0
        ? Html.Nothing
        : Html.Of($"<pre><code>{Program} {Html.Prose(string.Join(' ', run.Config.Arguments.Select(Quote)))}</code></pre>\n");

    /// <summary>A network in a line: its name, width, time-steps and neuron.</summary>
    private static string Describe(ModelSpec? model)
    {
        if (model is null) return string.Empty;
        string padding = model.StemPadding == 1 ? string.Empty : $", stem padding {model.StemPadding}";
        string size = $"{model.Name}, width {model.Width}, {Say.Count(model.Classes)} classes{padding}";
        if (model.Neuron is not { } n) return size;
        string reset = $"{n.Reset} reset{(n.DetachReset ? ", detached" : ", attached")}".ToLowerInvariant();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{size}, T = {model.Timesteps}, {model.Encoder.ToString().ToLowerInvariant()} encoding; "
            + $"{Describe(n)}, threshold {n.Threshold}{(n.FiresAtThreshold ? ", at which it fires too" : string.Empty)}, {reset}, "
            + $"{n.Surrogate.ToString().ToLowerInvariant()} surrogate ± {n.Width}");
    }

    /// <summary>The kind of neuron, and what becomes of its membrane.</summary>
    private static string Describe(Neuron neuron) => (neuron.Kind switch
    {
        NeuronKind.If => "IF neuron: no leak",
        NeuronKind.Plif => FormattableString.Invariant($"PLIF neuron: decay trained by each layer, from {neuron.Decay} on"),
        _ => FormattableString.Invariant($"LIF neuron: decay {neuron.Decay}"),
    }) + (neuron.InitialMembrane == 0f ? string.Empty : FormattableString.Invariant($", initial membrane {neuron.InitialMembrane}"));

    private static string Data(RunDataset data) =>
        $"{data.Name}, {Say.Count(data.TrainImages)} training and {Say.Count(data.TestImages, "test image")}, "
        + $"{Say.Count(data.ClassNames.Count)} classes";

    private static string Method(IReadOnlyDictionary<string, string> options) => Words(
        options, ("init", "blocks from the teacher: #"), ("shortcuts", "shortcuts #"), ("bn-gamma", "batch-norm γ from #"),
        ("kd-alpha", "distillation α #"), ("kd-temperature", "temperature #"), ("label-smoothing", "label smoothing #"));

    private static string Optimisation(IReadOnlyDictionary<string, string> options)
    {
        string optimizer = options.GetValueOrDefault("optimizer", string.Empty);
        bool adamW = optimizer.Equals(nameof(OptimizerKind.AdamW), StringComparison.OrdinalIgnoreCase);
        return Words(
            options, ("epochs", "# epochs"), ("batch-size", "batches of #"), ("lr", $"{(adamW ? "AdamW" : "SGD")}, learning rate #"),
            adamW ? ("beta1", "β₁ #") : ("momentum", "momentum #"), ("weight-decay", "weight decay #"), ("schedule", "# schedule"),
            ("lr-milestones", "milestones #"), ("warmup-epochs", "warm-up # epochs"), ("seed", "seed #"));
    }

    /// <summary>The options that the run has, in words.</summary>
    private static string Words(IReadOnlyDictionary<string, string> options, params ReadOnlySpan<(string Option, string Format)> parts)
    {
        var words = new List<string>();
        foreach (var (option, format) in parts)
        {
            string value = options.GetValueOrDefault(option, string.Empty);
            if (value.Length > 0) words.Add(format.Replace("#", value, StringComparison.Ordinal));
        }

        return string.Join(", ", words);
    }

    private static Html Fact(string name, string value) =>
        value.Length == 0 ? Html.Nothing : Html.Of($"<tr><th scope=\"row\">{name}</th><td>{value}</td></tr>\n");

    private static Html Options(IReadOnlyDictionary<string, string> options)
    {
        var items = options.OrderBy(o => o.Key, StringComparer.Ordinal)
            .Select(o => Html.Of($"<li><code>{o.Key}</code> {o.Value}</li>\n"));
        return options.Count == 0 ? Html.Nothing : Html.Of($"""
            <details><summary>All {options.Count} settings, as they held</summary>
            <ul class="options">
            {items}</ul></details>

            """);
    }

    /// <summary>An argument as a POSIX shell takes it.</summary>
    private static string Quote(string argument)
    {
        bool plain = argument.Length > 0
            && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:,+@%".Contains(c, StringComparison.Ordinal));
        return plain ? argument : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
