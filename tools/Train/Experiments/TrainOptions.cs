namespace Idsnn.Tools.Train;

/// <summary>Options of a train command, as they would be written; a later one replaces an earlier one of its name.</summary>
internal sealed class TrainOptions
{
    /// <summary>No options: train's defaults.</summary>
    public static readonly TrainOptions None = new([]);

    private static readonly OptionTable Table = new("train", [typeof(TrainVerb)]);

    private readonly IReadOnlyList<(string Name, string? Value)> options;

    private TrainOptions(IReadOnlyList<(string Name, string? Value)> options) => this.options = options;

    /// <summary>As arguments; a flag has no value.</summary>
    public IEnumerable<string> Arguments =>
        options.SelectMany(option => option.Value is null ? (string[])[$"--{option.Name}"] : [$"--{option.Name}", option.Value]);

    /// <summary>With one more; without it where its value is null.</summary>
    public TrainOptions With(string name, string? value)
    {
        var others = options.Where(option => option.Name != name);
        return new TrainOptions(value is null ? [.. others] : [.. others, (name, value)]);
    }

    /// <summary>With those that stand in a line, such as "--init none -b 32 --nesterov".</summary>
    /// <exception cref="ArgumentException">One is no option of train, or lacks its value.</exception>
    public TrainOptions With(string line)
    {
        var all = this;
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        for (int i = 0; i < words.Length; i++)
        {
            string[] parts = words[i].Split('=', 2);
            var option = Table.All.FirstOrDefault(o => o.Forms.Contains(parts[0]))
                ?? throw new ArgumentException($"train has no option '{parts[0]}'{Suggestion(parts[0])}; see train --help");
            string? value = parts.Length > 1 ? parts[1] : option.Type == typeof(bool) ? null : i + 1 < words.Length ? words[++i] : string.Empty;
            if (value?.Length == 0) throw new ArgumentException($"--{option.Name} needs a value; see train --help");
            all = new TrainOptions([.. all.options.Where(o => o.Name != option.Name), (option.Name, value)]);
        }

        return all;
    }

    /// <summary>The verb that they make.</summary>
    /// <exception cref="ArgumentException">They do not parse.</exception>
    public TrainVerb Parse() => Cli.ParseTrain(Arguments);

    /// <summary>Every option that decides what comes out, with its value; one without a value has the default.</summary>
    public static IReadOnlyDictionary<string, string> Deciding(TrainVerb verb)
    {
        var values = RunDescription.Options(verb);
        foreach (var option in Table.All.Where(option => option.IsFree && option.Name != "epochs")) values.Remove(option.Name);
        return values;
    }

    private static string Suggestion(string word) =>
        Table.Nearest(word.TrimStart('-')) is { } nearest ? $" (did you mean --{nearest}?)" : string.Empty;
}
