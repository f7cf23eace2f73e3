using System.Text.Json;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>
/// Options in a JSON file, comments and trailing commas allowed: an object whose keys are long option names, or a run's config.json,
/// which holds such an object under "options".
/// </summary>
internal static class OptionFile
{
    private const string Nested = "options";

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    // What stands beside the options in a run's config.json.
    private static readonly HashSet<string> RunKeys =
    [
        .. from property in typeof(RunConfig).GetProperties()
           where property.CanWrite
           select JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name),
    ];

    /// <summary>Values by option name, as they would be written on the command line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The options that there are.</param>
    /// <param name="ignored">Takes the keys that are passed over: those beside "options" which a run's config.json does not have.</param>
    /// <exception cref="ArgumentException">
    /// The file is not there, is no such object, or a key or a value is wrong; it says which.
    /// </exception>
    /// <exception cref="InvalidDataException">It is no text.</exception>
    public static Dictionary<string, string> Load(string path, OptionTable options, ICollection<string>? ignored = null)
    {
        if (!File.Exists(path)) throw new ArgumentException($"--config: there is no file '{path}'");
        try
        {
            using var document = JsonDocument.Parse(TextFile.Read(path), Lenient);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty(Nested, out var nested))
            {
                foreach (string key in root.EnumerateObject().Select(entry => entry.Name).Except(RunKeys)) ignored?.Add(key);
                root = nested;
            }

            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new ArgumentException($"{path}: expected an object of options, {{\"epochs\": 5, …}}");
            }

            var values = new Dictionary<string, string>();
            foreach (var entry in root.EnumerateObject())
            {
                var option = options.All.FirstOrDefault(o => o.Name == entry.Name)
                    ?? throw new ArgumentException($"{path}: there is no option '{entry.Name}'{Suggestion(options, entry.Name)}");
                if (option.Setting is not { } setting) throw new ArgumentException($"{path}: '{entry.Name}' belongs on the command line");
                if (entry.Value.ValueKind == JsonValueKind.Null) continue;
                string value = Text(setting, entry.Value)
                    ?? throw new ArgumentException($"{path}: '{entry.Name}' must be {setting.Expected}, got {Shown(entry.Value)}");
                if (!values.TryAdd(entry.Name, value)) throw new ArgumentException($"{path}: '{entry.Name}' is there twice");
            }

            return values;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ArgumentException($"{path} is no JSON: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static string Suggestion(OptionTable options, string name) =>
        options.Nearest(name) is { } nearest ? $"; did you mean '{nearest}'?" : string.Empty;

    /// <summary>The value as an option's text; null where it is of the wrong type.</summary>
    private static string? Text(RunSetting setting, JsonElement value)
    {
        string? text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number when setting.TakesNumber => value.GetRawText(),
            JsonValueKind.Array when setting.TakesList => List(value),
            JsonValueKind.True when setting.IsFlag => "true",
            JsonValueKind.False when setting.IsFlag => "false",
            _ => null,
        };
        return text is not null && setting.Takes(text) ? text : null;
    }

    private static string? List(JsonElement value)
    {
        string?[] parts = [.. value.EnumerateArray().Select(part => part.ValueKind == JsonValueKind.Number ? part.GetRawText() : null)];
        return parts.Contains(null) ? null : parts.Length == 0 ? RunSetting.NoNumbers : string.Join(',', parts);
    }

    private static string Shown(JsonElement value)
    {
        const int enough = 40;
        string text = value.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= enough ? text : text[..enough] + "…";
    }
}
