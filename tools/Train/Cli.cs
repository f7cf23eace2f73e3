using CommandLine;
using CommandLine.Text;
using Idsnn.Engine;

namespace Idsnn.Tools.Train;

/// <summary>What a verb works with.</summary>
/// <param name="Out">Results and progress.</param>
/// <param name="Cancellation">Ctrl-C.</param>
internal sealed record Session(TextWriter Out, CancellationToken Cancellation)
{
    public void Log(string line) => Out.WriteLine(line);
}

/// <summary>A verb's options, which run it.</summary>
internal abstract class Verb
{
    /// <summary>What stands on the command line without an option before it.</summary>
    [Value(0, Hidden = true)]
    public virtual IEnumerable<string> Operands { get; set; } = [];

    /// <summary>How many operands the verb takes.</summary>
    public virtual int MaxOperands => 0;

    /// <summary>Runs the verb.</summary>
    /// <returns>The exit code.</returns>
    public abstract int Run(Session session);
}

/// <summary>The command line: from arguments to an exit code (0 done, 1 a check failed, 2 wrong input, 130 interrupted).</summary>
internal static class Cli
{
    internal const int WrongInput = 2, Interrupted = 130;

    private static readonly Type[] Verbs =
    [
        typeof(TrainVerb), typeof(EvalVerb), typeof(RunsVerb), typeof(ReportVerb), typeof(DownloadVerb), typeof(ReplayVerb),
        typeof(BenchVerb), typeof(ProfileVerb), typeof(DevicesVerb), typeof(PtxVerb),
    ];

    public static int Run(string[] args, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        var session = new Session(output, cancellation);
        void Warn(string line) => errors.WriteLine($"warning: {line}");
        DeviceCatalog.Warning += Warn;
        try
        {
            if (args.Length == 0) return new Demonstration(session).Run();
            return Parse(args, output) is { } verb ? verb.Run(session) : 0;
        }
        catch (OperationCanceledException)
        {
            errors.WriteLine("interrupted: the checkpoints of finished epochs are kept");
            return Interrupted;
        }
        catch (Exception e) when (IsInputError(e))
        {
            errors.WriteLine($"error: {e.Message.ReplaceLineEndings(" ")}");
            return WrongInput;
        }
        finally
        {
            DeviceCatalog.Warning -= Warn;
        }
    }

    /// <summary>What a user can mend; anything else is a defect of ours and keeps its stack trace.</summary>
    private static bool IsInputError(Exception e) => e is ArgumentException or IOException or InvalidDataException
        or UnauthorizedAccessException or ArithmeticException or OutOfMemoryException;

    /// <summary>The verb; null where help or the version was asked for and printed.</summary>
    private static Verb? Parse(string[] args, TextWriter output)
    {
        args = [.. args.Select(a => a == "-h" ? "--help" : a.StartsWith("-.", StringComparison.Ordinal) ? $"-0{a[1..]}" : a)];
        using var parser = new Parser(settings =>
        {
            settings.HelpWriter = null;
            settings.ParsingCulture = System.Globalization.CultureInfo.InvariantCulture;
        });
        RequireValues(args);
        RefuseDecimalCommas(args);
        var result = parser.ParseArguments(args, Verbs);
        if (result is NotParsed<object> failed)
        {
            var errors = failed.Errors.ToList();
            if (errors.IsVersion())
            {
                output.WriteLine(HeadingInfo.Default);
                return null;
            }

            if (errors.IsHelp() || errors.Exists(e => e is HelpVerbRequestedError))
            {
                output.WriteLine(HelpText.AutoBuild(result, help =>
                {
                    help.AdditionalNewLineAfterOption = false;
                    help.Copyright = string.Empty;
                    help.MaximumDisplayWidth = 120;
                    return help;
                }));
                return null;
            }

            throw new ArgumentException(Explain(errors[0], args));
        }

        var verb = (Verb)result.Value;
        return verb.Operands.Skip(verb.MaxOperands).FirstOrDefault() is { } stray
            ? throw new ArgumentException($"'{stray}' is not an option; options start with --, see --help")
            : verb;
    }

    /// <summary>CommandLineParser takes an option without its value for absent; here it is an error.</summary>
    private static void RequireValues(string[] args)
    {
        var takesValue = Options(args[0]).Where(o => o.Type != typeof(bool)).SelectMany(o => o.Forms).ToHashSet(StringComparer.Ordinal);
        for (int i = 1; i < args.Length; i++)
        {
            bool separate = takesValue.Contains(args[i]);
            if (!separate && !(args[i].EndsWith('=') && takesValue.Contains(args[i][..^1]))) continue;
            bool hasValue = separate && i + 1 < args.Length && args[i + 1].Length > 0
                && (args[i + 1][0] != '-' || (args[i + 1].Length > 1 && char.IsAsciiDigit(args[i + 1][1])));
            if (!hasValue) throw new ArgumentException($"{args[i].TrimEnd('=')} needs a value; see {args[0]} --help");
            i++;
        }
    }

    /// <summary>.NET reads 0,05 as 5, its comma parting thousands.</summary>
    private static void RefuseDecimalCommas(string[] args)
    {
        foreach (var (forms, type) in Options(args[0]))
        {
            bool real = type == typeof(float) || type == typeof(double);
            if (real && Given(forms, args).Contains(',', StringComparison.Ordinal)) throw new ArgumentException(Malformed(forms[0], args));
        }
    }

    /// <summary>A verb's options: how each may be written, and the type of its value.</summary>
    private static IEnumerable<(string[] Forms, Type Type)> Options(string verb) =>
        from type in Verbs
        where Attribute<VerbAttribute>(type).Name == verb
        from property in type.GetProperties()
        from OptionAttribute option in property.GetCustomAttributes(typeof(OptionAttribute), true)
        select (
            option.ShortName.Length == 0 ? (string[])[$"--{option.LongName}"] : [$"--{option.LongName}", $"-{option.ShortName}"],
            Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);

    private static string Explain(Error error, string[] args) => error switch
    {
        BadVerbSelectedError e => $"unknown verb '{e.Token}'; use {string.Join(", ", Verbs.Select(v => Attribute<VerbAttribute>(v).Name))}, "
            + "or no arguments for a demonstration",
        NoVerbSelectedError => "name a verb first; see --help",
        UnknownOptionError e => $"unknown option {(e.Token.Length == 1 ? "-" : "--")}{e.Token}; see {args[0]} --help",
        BadFormatConversionError e => Malformed($"--{e.NameInfo.LongName}", args),
        MissingRequiredOptionError e => $"--{e.NameInfo.LongName} is required; see {args[0]} --help",
        RepeatedOptionError e => $"--{e.NameInfo.LongName} is given twice",
        NamedError e => $"--{e.NameInfo.LongName}: {e.Tag}",
        TokenError e => $"'{e.Token}': {e.Tag}",
        _ => error.Tag.ToString(),
    };

    private static string Malformed(string name, string[] args)
    {
        var option = Options(args[0]).First(o => o.Forms.Contains(name));
        string given = Given(option.Forms, args);
        string expected = option.Type switch
        {
            var t when t == typeof(int) => "a whole number of at most nine digits",
            var t when t == typeof(ulong) => "a whole number from 0 on",
            _ => "a number (write decimals with a point)",
        };
        return $"{name}: '{given}' is not {expected}";
    }

    /// <summary>What was given as an option's value: --name value, --name=value, -n value or -nvalue.</summary>
    private static string Given(string[] forms, string[] args)
    {
        for (int i = 1; i < args.Length; i++)
        {
            string? form = forms.FirstOrDefault(f => args[i].StartsWith(f, StringComparison.Ordinal));
            if (form is null) continue;
            if (args[i] == form) return i + 1 < args.Length ? args[i + 1] : string.Empty;
            if (form[1] != '-' || args[i][form.Length] == '=') return args[i][form.Length..].TrimStart('=');
        }

        return string.Empty;
    }

    private static T Attribute<T>(Type type)
        where T : Attribute => (T)type.GetCustomAttributes(typeof(T), false)[0];
}
