using CommandLine;
using CommandLine.Text;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Training;
using Spectre.Console;

namespace Idsnn.Tools.Train;

/// <summary>The command line: from arguments to an exit code (0 done, 1 a check failed, 2 wrong input, 130 interrupted).</summary>
internal static class Cli
{
    /// <summary>The environment variable that, set to 1, shows the stack of what is reported in one line.</summary>
    internal const string TraceVariable = "IDSNN_TRACE";

    internal const int CheckFailed = 1, WrongInput = 2, Interrupted = 130;

    private static readonly Type[] Verbs =
    [
        typeof(TrainVerb), typeof(EvalVerb), typeof(InferVerb), typeof(RunsVerb), typeof(ReportVerb), typeof(ExperimentVerb),
        typeof(DemoVerb), typeof(DownloadVerb), typeof(ReplayVerb), typeof(BenchVerb), typeof(ProfileVerb), typeof(DevicesVerb),
        typeof(PtxVerb),
    ];

    public static int Run(
        string[] args, TextWriter output, TextWriter errors, CancellationToken cancellation, IAnsiConsole? terminal = null)
    {
        void Warn(string line) => errors.WriteLine($"warning: {SafeText.Of(OptionNames.In(line))}");
        var session = new Session(args, output, terminal, cancellation) { Warn = Warn };
        DeviceCatalog.Warning += Warn;
        try
        {
            if (args.Length == 0) return new Demonstration(session, null, null).Run();
            return Parse(args, output) is { } verb ? verb.Run(session) : 0;
        }
        catch (OperationCanceledException e)
        {
            errors.WriteLine(e is InterruptedException ? SafeText.Of(e.Message) : "interrupted");
            return Interrupted;
        }
        catch (Exception e) when (IsInputError(e))
        {
            errors.WriteLine($"error: {SafeText.Of(Say(e).ReplaceLineEndings(" "))}");
            if (Environment.GetEnvironmentVariable(TraceVariable) == "1") errors.WriteLine(e);
            return WrongInput;
        }
        finally
        {
            DeviceCatalog.Warning -= Warn;
        }
    }

    /// <summary>Whether what a command comes to is in files, so that it is there even where the terminal is not.</summary>
    public static bool LeavesFiles(string[] args) => args.Length == 0 || args[0] is "train" or "demo" or "experiment" or "download";

    /// <summary>
    /// What a user can mend; anything else, .NET's own guards of arguments among it, is a defect of ours and keeps its stack trace.
    /// </summary>
    private static bool IsInputError(Exception e) =>
        e is (ArgumentException and not (ArgumentNullException or ArgumentOutOfRangeException)) or IOException or InvalidDataException
            or UnauthorizedAccessException or ArithmeticException or OutOfMemoryException;

    /// <summary>What an error says to a user. Of memory that ran out .NET says no more than that.</summary>
    private static string Say(Exception e)
    {
        if (e is not OutOfMemoryException || e is InsufficientMemoryException) return OptionNames.Of(e);
        var memory = HostMemory.Read();
        return $"memory ran out: {Quantity.Memory(memory.FreeBytes)} of {Quantity.Memory(memory.LimitBytes)} are free ({memory.Limit}), "
            + "of which .NET takes at most three quarters; take fewer or smaller images, or give the process more";
    }

    /// <summary>The verb; null where help or the version was asked for and printed.</summary>
    internal static Verb? Parse(string[] args, TextWriter output)
    {
        args = [.. args.Select(a => a == "-h" ? "--help" : a.StartsWith("-.", StringComparison.Ordinal) ? $"-0{a[1..]}" : a)];
        var options = new OptionTable(args[0], Verbs);
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
                var help = HelpText.AutoBuild(result, text =>
                {
                    text.AdditionalNewLineAfterOption = false;
                    text.Copyright = string.Empty;
                    text.MaximumDisplayWidth = 140;
                    return text;
                });
                var shown = args is ["help", string name, ..] ? new OptionTable(name, Verbs) : options;
                output.WriteLine(HelpDefaults.Insert(help, shown));
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
        BadVerbSelectedError e =>
            $"unknown verb '{e.Token}'; use {string.Join(", ", Verbs.Select(v => Attribute<VerbAttribute>(v).Name))}, "
            + "or no arguments for a demonstration",
        NoVerbSelectedError => "name a verb first; see --help",
        UnknownOptionError e =>
            $"unknown option {(e.Token.Length == 1 ? "-" : "--")}{e.Token}{Suggestion(options, e.Token)}; see {args[0]} --help",
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
