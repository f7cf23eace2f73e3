using System.Reflection;
using CommandLine;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>An option that is a setting of a training, which has its name, kind and default. Its property is a text.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SettingAttribute : Attribute;

/// <summary>One option of a verb.</summary>
/// <param name="Property">Where its value goes.</param>
/// <param name="Name">Its long name.</param>
/// <param name="Forms">How it may be written: --name and perhaps -n.</param>
/// <param name="Type">Of its value; bool takes none.</param>
/// <param name="Setting">The setting that it is; null for one about this one call of the command.</param>
internal sealed record OptionEntry(PropertyInfo Property, string Name, string[] Forms, Type Type, RunSetting? Setting)
{
    /// <summary>Whether it takes no value.</summary>
    public bool IsFlag => Setting?.IsFlag ?? Type == typeof(bool);

    /// <summary>What its value must be, in words.</summary>
    public string Expected => Setting?.Expected ?? Type switch
    {
        var t when t == typeof(int) => "a whole number of at most nine digits",
        var t when t == typeof(ulong) => "a whole number from 0 on",
        var t when t == typeof(string) => "text",
        _ => "a number (write decimals with a point)",
    };

    /// <summary>The option of a property; null where it is none.</summary>
    public static OptionEntry? Of(PropertyInfo property)
    {
        if (property.GetCustomAttribute<OptionAttribute>(true) is not { } option) return null;
        string[] forms = option.ShortName.Length == 0 ? [$"--{option.LongName}"] : [$"--{option.LongName}", $"-{option.ShortName}"];
        var setting = property.GetCustomAttribute<SettingAttribute>(true) is null ? null : RunSettings.Find(option.LongName)!;
        return new(property, option.LongName, forms, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, setting);
    }
}

/// <summary>The options of a verb, and what CommandLineParser does not see to.</summary>
internal sealed class OptionTable
{
    private const int NearEnough = 3;

    private readonly string verb;

    /// <summary>The options of a verb; none where there is no such verb.</summary>
    public OptionTable(string verb, IEnumerable<Type> verbs)
    {
        this.verb = verb;
        All = [.. verbs.Where(type => type.GetCustomAttribute<VerbAttribute>()!.Name == verb).SelectMany(Of)];
    }

    /// <summary>The options.</summary>
    public IReadOnlyList<OptionEntry> All { get; }

    /// <summary>The options of a verb's type.</summary>
    public static IEnumerable<OptionEntry> Of(Type verb) => verb.GetProperties().Select(OptionEntry.Of).OfType<OptionEntry>();

    /// <summary>CommandLineParser takes an option without its value for absent; here it is an error.</summary>
    public void RequireValues(string[] args)
    {
        var takesValue = All.Where(o => !o.IsFlag).SelectMany(o => o.Forms).ToHashSet(StringComparer.Ordinal);
        for (int i = 1; i < args.Length; i++)
        {
            bool separate = takesValue.Contains(args[i]);
            if (!separate && !(args[i].EndsWith('=') && takesValue.Contains(args[i][..^1]))) continue;
            bool hasValue = separate && i + 1 < args.Length && args[i + 1].Length > 0
                && (args[i + 1][0] != '-' || (args[i + 1].Length > 1 && char.IsAsciiDigit(args[i + 1][1])));
            if (!hasValue) throw new ArgumentException($"{args[i].TrimEnd('=')} needs a value; see {verb} --help");
            i++;
        }
    }

    /// <summary>.NET reads 0,05 as 5, its comma parting thousands.</summary>
    public void RefuseDecimalCommas(string[] args)
    {
        foreach (var option in All)
        {
            bool real = option.Type == typeof(float) || option.Type == typeof(double);
            if (real && Given(option, args)?.Contains(',', StringComparison.Ordinal) == true)
            {
                throw new ArgumentException(Malformed(option.Name, args));
            }
        }
    }

    /// <summary>
    /// CommandLineParser's flags take no value: --flag=true becomes --flag, and --flag=false goes. A setting's is a text: --flag becomes
    /// --flag=true. -n=value becomes -nvalue, and a value that begins with a blank stands by itself.
    /// </summary>
    public IEnumerable<string> AsTheParserTakesThem(IEnumerable<string> args)
    {
        var flags = All.Where(option => option.IsFlag).ToDictionary(option => option.Forms[0]);
        foreach (string arg in args)
        {
            string[] parts = arg.Split('=', 2);
            bool isSetting = flags.TryGetValue(parts[0], out var flag) && flag.Setting is not null;
            if (isSetting) yield return parts.Length == 1 ? $"{arg}=true" : arg;
            else if (flag is not null && parts.Length == 2 && parts[1] == "false") continue;
            else if (flag is not null && parts.Length == 2 && parts[1] == "true") yield return parts[0];
            else if (parts.Length == 2 && arg.StartsWith("--", StringComparison.Ordinal) && parts[1].StartsWith(' '))
            {
                yield return parts[0];
                yield return parts[1];
            }
            else if (arg.Length > 3 && arg[0] == '-' && char.IsAsciiLetter(arg[1]) && arg[2] == '=') yield return arg[..2] + arg[3..];
            else yield return arg;
        }
    }

    /// <summary>What is wrong with an option's value.</summary>
    public string Malformed(string name, string[] args)
    {
        var option = All.First(o => o.Name == name);
        return $"--{name}: '{Given(option, args)}' is not {option.Expected}";
    }

    /// <summary>The option called most like a name; null where none is called alike.</summary>
    public string? Nearest(string name)
    {
        var nearest = All.Select(o => (o.Name, Distance: Distance(o.Name, name))).OrderBy(o => o.Distance).FirstOrDefault();
        return nearest.Distance <= Math.Min(NearEnough, name.Length / 2) ? nearest.Name : null;
    }

    /// <summary>What was given as an option's value: --name value, --name=value, -n value or -nvalue; null where it was left out.</summary>
    private static string? Given(OptionEntry option, string[] args)
    {
        for (int i = 1; i < args.Length; i++)
        {
            string? form = option.Forms.FirstOrDefault(f => args[i].StartsWith(f, StringComparison.Ordinal));
            if (form is null) continue;
            if (args[i] == form) return !option.IsFlag && i + 1 < args.Length ? args[i + 1] : string.Empty;
            if (form[1] != '-' || args[i][form.Length] == '=') return args[i][form.Length..].TrimStart('=');
        }

        return null;
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
                corner = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
