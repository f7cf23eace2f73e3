using System.Globalization;
using System.Reflection;
using CommandLine;

namespace Idsnn.Tools.Train;

/// <summary>An option that takes a list of numbers, 60,120,160; in a file it may be an array.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NumberListAttribute : Attribute;

/// <summary>An option that takes a whole number or the word auto; its property is a text.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NumberOrAutoAttribute : Attribute;

/// <summary>An option about this one call of the command: a file of options does not hold it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CommandLineOnlyAttribute : Attribute;

/// <summary>An option that a resumed run may change.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FreeOnResumeAttribute : Attribute;

/// <summary>One option of a verb.</summary>
/// <param name="Property">Where its value goes.</param>
/// <param name="Name">Its long name.</param>
/// <param name="Forms">How it may be written: --name and perhaps -n.</param>
/// <param name="Type">Of its value; bool takes none.</param>
internal sealed record OptionEntry(PropertyInfo Property, string Name, string[] Forms, Type Type)
{
    /// <summary>Whether it takes a list of numbers.</summary>
    public bool IsList => Property.GetCustomAttribute<NumberListAttribute>() is not null;

    /// <summary>Whether it takes a whole number or the word auto.</summary>
    public bool TakesAuto => Property.GetCustomAttribute<NumberOrAutoAttribute>() is not null;

    /// <summary>Whether it makes no sense in a file of options.</summary>
    public bool IsNotForFiles => Property.GetCustomAttribute<CommandLineOnlyAttribute>() is not null;

    /// <summary>Whether a resumed run may have another value than it began with.</summary>
    public bool IsFree => IsNotForFiles || Property.GetCustomAttribute<FreeOnResumeAttribute>() is not null;

    /// <summary>What its value must be, in words.</summary>
    public string Expected => Type switch
    {
        _ when IsList => "a list of numbers",
        _ when TakesAuto => "a whole number of at most nine digits, or auto",
        var t when t == typeof(int) => "a whole number of at most nine digits",
        var t when t == typeof(ulong) => "a whole number from 0 on",
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(string) => "text",
        _ => "a number (write decimals with a point)",
    };

    /// <summary>Its value in a verb, as it would be written; null where it is left out.</summary>
    public string? ValueIn(Verb verb) => Property.GetValue(verb) switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        var text => text.ToString(),
    };

    /// <exception cref="ArgumentException">Two verbs differ in it.</exception>
    public void RequireSame(string source, Verb recorded, Verb asked)
    {
        string? old = ValueIn(recorded), value = ValueIn(asked);
        if (string.Equals(old, value, StringComparison.OrdinalIgnoreCase)) return;
        throw new ArgumentException(
            $"{source} was started {(old is null ? $"without --{Name}" : $"with --{Name} {old}")}, not with {value}; "
            + $"leave --{Name} out to resume it, or start a new run");
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
        All =
        [
            .. from type in verbs
               where type.GetCustomAttribute<VerbAttribute>()!.Name == verb
               from property in type.GetProperties()
               from option in property.GetCustomAttributes<OptionAttribute>(true)
               select new OptionEntry(
                   property,
                   option.LongName,
                   option.ShortName.Length == 0 ? [$"--{option.LongName}"] : [$"--{option.LongName}", $"-{option.ShortName}"],
                   Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType),
        ];
    }

    /// <summary>The options.</summary>
    public IReadOnlyList<OptionEntry> All { get; }

    /// <summary>CommandLineParser takes an option without its value for absent; here it is an error.</summary>
    public void RequireValues(string[] args)
    {
        var takesValue = All.Where(o => o.Type != typeof(bool)).SelectMany(o => o.Forms).ToHashSet(StringComparer.Ordinal);
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

    /// <summary>What was given as an option's value: --name value, --name=value, -n value or -nvalue; null where it was left out.</summary>
    public static string? Given(OptionEntry option, string[] args)
    {
        for (int i = 1; i < args.Length; i++)
        {
            string? form = option.Forms.FirstOrDefault(f => args[i].StartsWith(f, StringComparison.Ordinal));
            if (form is null) continue;
            if (args[i] == form) return option.Type != typeof(bool) && i + 1 < args.Length ? args[i + 1] : string.Empty;
            if (form[1] != '-' || args[i][form.Length] == '=') return args[i][form.Length..].TrimStart('=');
        }

        return null;
    }

    /// <summary>Options as arguments.</summary>
    public IEnumerable<string> Write(IReadOnlyDictionary<string, string> values, IReadOnlySet<OptionEntry> except) =>
        from option in All
        where values.ContainsKey(option.Name) && !except.Contains(option)
        select $"--{option.Name}={values[option.Name]}";

    /// <summary>
    /// CommandLineParser's flags take no value: --flag=true becomes --flag, and --flag=false goes; -n=value becomes -nvalue; and a value
    /// that begins with a blank stands by itself.
    /// </summary>
    public IEnumerable<string> AsTheParserTakesThem(IEnumerable<string> args)
    {
        var flags = All.Where(option => option.Type == typeof(bool)).Select(option => option.Forms[0]).ToHashSet(StringComparer.Ordinal);
        foreach (string arg in args)
        {
            string[] parts = arg.Split('=', 2);
            bool flag = parts.Length == 2 && flags.Contains(parts[0]);
            if (flag && parts[1] == "false") continue;
            if (flag && parts[1] == "true") yield return parts[0];
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
