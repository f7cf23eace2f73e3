using CommandLine;
using CommandLine.Text;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Training;
using Spectre.Console;

namespace Idsnn.Tools.Train;

/// <summary>What a verb works with.</summary>
/// <param name="Arguments">The command line.</param>
/// <param name="Out">Results and progress.</param>
/// <param name="Terminal">The terminal that the output goes to; null where it goes elsewhere.</param>
/// <param name="Cancellation">Ctrl-C.</param>
internal sealed record Session(IReadOnlyList<string> Arguments, TextWriter Out, IAnsiConsole? Terminal, CancellationToken Cancellation)
{
    public void Log(string line) => Out.WriteLine(SafeText.Lines(line));
}

/// <summary>Work was stopped by the user; the message says what is kept and how to go on.</summary>
internal sealed class InterruptedException(string message) : OperationCanceledException(message);

/// <summary>Options that a file holds for those left out on the command line.</summary>
/// <param name="Source">Where they stand.</param>
/// <param name="Values">Values by long name.</param>
/// <param name="Binding">Whether the command line must not contradict them.</param>
internal sealed record Presets(string Source, IReadOnlyDictionary<string, string> Values, bool Binding)
{
    /// <summary>What of the file is passed over, a line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
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

    /// <summary>Options from a file that the given ones name; null where they name none.</summary>
    public virtual Presets? ReadPresets(OptionTable options) => null;
}

/// <summary>The command line: from arguments to an exit code (0 done, 1 a check failed, 2 wrong input, 130 interrupted).</summary>
internal static class Cli
{
    internal const int CheckFailed = 1, WrongInput = 2, Interrupted = 130;

    private static readonly Type[] Verbs =
    [
        typeof(TrainVerb), typeof(EvalVerb), typeof(InferVerb), typeof(RunsVerb), typeof(ReportVerb), typeof(ExperimentVerb),
        typeof(DemoVerb), typeof(DownloadVerb), typeof(ReplayVerb), typeof(BenchVerb), typeof(ProfileVerb), typeof(DevicesVerb), typeof(PtxVerb),
    ];

    public static int Run(
        string[] args, TextWriter output, TextWriter errors, CancellationToken cancellation, IAnsiConsole? terminal = null)
    {
        var session = new Session(args, output, terminal, cancellation);
        void Warn(string line) => errors.WriteLine($"warning: {SafeText.Of(line)}");
        DeviceCatalog.Warning += Warn;
        try
        {
            if (args.Length == 0) return new Demonstration(session, null, null).Run();
            return Parse(args, output, Warn) is { } verb ? verb.Run(session) : 0;
        }
        catch (OperationCanceledException e)
        {
            errors.WriteLine(e is InterruptedException ? SafeText.Of(e.Message) : "interrupted");
            return Interrupted;
        }
        catch (Exception e) when (IsInputError(e))
        {
            errors.WriteLine($"error: {SafeText.Of(e.Message.ReplaceLineEndings(" "))}");
            return WrongInput;
        }
        finally
        {
            DeviceCatalog.Warning -= Warn;
        }
    }

    /// <summary>Whether what a command comes to is in files, so that it is there even where the terminal is not.</summary>
    public static bool LeavesFiles(string[] args) => args.Length == 0 || args[0] is "train" or "demo" or "experiment" or "download";

    /// <summary>The options of a train command.</summary>
    public static TrainVerb ParseTrain(IEnumerable<string> options) => (TrainVerb)Parse(["train", .. options], TextWriter.Null)!;

    /// <summary>What a user can mend; anything else is a defect of ours and keeps its stack trace.</summary>
    private static bool IsInputError(Exception e) => e is ArgumentException or IOException or InvalidDataException
        or UnauthorizedAccessException or ArithmeticException or OutOfMemoryException;

    /// <summary>The verb; null where help or the version was asked for and printed.</summary>
    internal static Verb? Parse(string[] args, TextWriter output, Action<string>? warn = null)
    {
        args = [.. args.Select(a => a == "-h" ? "--help" : a.StartsWith("-.", StringComparison.Ordinal) ? $"-0{a[1..]}" : a)];
        var options = new OptionTable(args[0], Verbs);
        var verb = Parse(args, options, output);
        if (verb?.ReadPresets(options) is not { } presets) return verb;
        foreach (string line in presets.Warnings) warn?.Invoke(line);
        var given = options.All.Where(option => OptionTable.Given(option, args) is not null).ToHashSet();
        var full = Parse([.. args, .. options.Write(presets.Values, except: given)], options, output)!;
        if (presets.Binding)
        {
            var recorded = Parse([args[0], .. options.Write(presets.Values, except: new HashSet<OptionEntry>())], options, output)!;
            foreach (var option in given.Where(option => !option.IsFree)) option.RequireSame(presets.Source, recorded, full);
        }

        return full;
    }

    /// <summary>The verb as these arguments alone say it.</summary>
    private static Verb? Parse(string[] args, OptionTable options, TextWriter output)
    {
        using var parser = new Parser(settings =>
        {
            settings.HelpWriter = null;
            settings.ParsingCulture = System.Globalization.CultureInfo.InvariantCulture;
        });
        options.RequireValues(args);
        options.RefuseDecimalCommas(args);
        args = [.. options.AsTheParserTakesThem(args)];
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
                    help.MaximumDisplayWidth = 140;
                    return help;
                }));
                return null;
            }

            throw new ArgumentException(Explain(errors[0], args, options));
        }

        var verb = (Verb)result.Value;
        return verb.Operands.Skip(verb.MaxOperands).FirstOrDefault() is { } stray
            ? throw new ArgumentException($"'{stray}' is not an option; options start with --, see --help")
            : verb;
    }

    private static string Explain(Error error, string[] args, OptionTable options) => error switch
    {
        BadVerbSelectedError e => $"unknown verb '{e.Token}'; use {string.Join(", ", Verbs.Select(v => Attribute<VerbAttribute>(v).Name))}, "
            + "or no arguments for a demonstration",
        NoVerbSelectedError => "name a verb first; see --help",
        UnknownOptionError e => $"unknown option {(e.Token.Length == 1 ? "-" : "--")}{e.Token}{Suggestion(options, e.Token)}; see {args[0]} --help",
        BadFormatConversionError e => options.Malformed(e.NameInfo.LongName, args),
        MissingRequiredOptionError e => $"--{e.NameInfo.LongName} is required; see {args[0]} --help",
        RepeatedOptionError e => $"--{e.NameInfo.LongName} is given twice",
        NamedError e => $"--{e.NameInfo.LongName}: {e.Tag}",
        TokenError e => $"'{e.Token}': {e.Tag}",
        _ => error.Tag.ToString(),
    };

    private static string Suggestion(OptionTable options, string name) =>
        options.Nearest(name) is { } nearest ? $" (did you mean --{nearest}?)" : string.Empty;

    private static T Attribute<T>(Type type)
        where T : Attribute => (T)type.GetCustomAttributes(typeof(T), false)[0];
}
