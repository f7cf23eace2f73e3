using System.Text.RegularExpressions;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>The defaults of a training in a verb's help: CommandLineParser shows those of attributes, and these stand in RunSpec.</summary>
internal static class HelpDefaults
{
    /// <summary>The help with the default of each setting that has one.</summary>
    public static string Insert(string help, OptionTable options)
    {
        var defaults = RunSettings.Write(new RunSpec());
        foreach (var option in options.All.Where(option => option.Setting is { IsFlag: false }))
        {
            if (!defaults.TryGetValue(option.Name, out string? value)) continue;
            help = Regex.Replace(help, $@"^( +(?:-\w, )?--{option.Name} +)(?=\S)", $"$1(Default: {value}) ", RegexOptions.Multiline);
        }

        return help;
    }
}
