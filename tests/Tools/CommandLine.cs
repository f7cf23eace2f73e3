using System.Diagnostics;
using Idsnn.Tools.Train;
using Idsnn.Training;

namespace Idsnn.Tests.Tools;

/// <summary>What the command gave.</summary>
internal sealed record Outcome(int Code, string Out, string Errors)
{
    public string[] Lines => Out.ReplaceLineEndings("\n").Split('\n');
}

/// <summary>Runs the command, in this process or as a user would.</summary>
internal static class CommandLine
{
    public static Outcome Run(params string[] arguments) => Run(CancellationToken.None, arguments);

    /// <summary>The training that options of train ask for.</summary>
    public static RunSpec Spec(params string[] options) =>
        ((TrainVerb)Cli.Parse(["train", .. options], TextWriter.Null)!).Read(Assert.Fail);

    public static Outcome Run(CancellationToken cancellation, params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = Cli.Run(arguments, output, errors, cancellation);
        return new Outcome(code, output.ToString(), errors.ToString());
    }

    /// <summary>As a process of its own; nothing of the environment chooses its device but <paramref name="device"/>.</summary>
    public static Outcome Start(string? device, params string[] arguments)
    {
        using var process = Launch(device, arguments);
        return Wait(process);
    }

    /// <summary>The same, still running.</summary>
    public static Process Launch(string? device, params string[] arguments)
    {
        string program = Path.Combine(TestContext.CurrentContext.TestDirectory, "idsnn-train.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["IDSNN_DEVICE"] = device;
        return Process.Start(start)!;
    }

    /// <summary>What a running process gives in the end.</summary>
    public static Outcome Wait(Process process)
    {
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, errors.Result);
    }
}
