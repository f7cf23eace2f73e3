using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>A training in the words of the train command, for people.</summary>
internal static class TrainOptions
{
    /// <summary>The settings, by name, that a user's line such as "--init none -b 32 --nesterov" gives.</summary>
    /// <exception cref="ArgumentException">It does not parse.</exception>
    public static Dictionary<string, string> Of(string? line)
    {
        string[] words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        foreach (string word in words.Where(word => word[0] == '-' && !(word.Length > 1 && char.IsAsciiDigit(word[1]))))
        {
            string name = word.Split('=')[0];
            if (!TrainVerb.Options.All.Any(option => option.Setting is not null && IsFormOf(option, name)))
            {
                throw new ArgumentException($"train has no option '{name}'{Suggestion(name)}; see train --help");
            }
        }

        return ((TrainVerb)Cli.Parse(["train", .. words], TextWriter.Null)!).Given();
    }

    /// <summary>The command that does a training into a folder: what it has beside its recipe.</summary>
    public static IReadOnlyList<string> Arguments(RunSpec spec, string folder)
    {
        var written = RunSettings.Differing(spec, Recipes.Start(spec.Recipe) with { Recipe = new RunSpec().Recipe });
        return ["train", .. written.Where(setting => setting.Text(spec) is not null).SelectMany(Written), "--output-dir", folder];

        string[] Written(RunSetting setting) => setting.IsFlag
            ? [setting.Text(spec) == "true" ? OptionNames.Of(setting) : $"{OptionNames.Of(setting)}=false"]
            : [OptionNames.Of(setting), setting.Text(spec)!];
    }

    /// <summary>Whether a word is --name or -n, or that with its value behind it.</summary>
    private static bool IsFormOf(OptionEntry option, string word) =>
        option.Forms.Any(form => form == word || (form[1] != '-' && word.StartsWith(form, StringComparison.Ordinal)));

    private static string Suggestion(string word) =>
        TrainVerb.Options.Nearest(word.TrimStart('-')) is { } nearest ? $" (did you mean --{nearest}?)" : string.Empty;
}
