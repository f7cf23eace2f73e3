using System.Globalization;
using System.Runtime.InteropServices;
using Idsnn.Tools.Train;
using Spectre.Console;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var output = StandardStreams.Install();
var terminal = Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi ? null : AnsiConsole.Console;
using var cancellation = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, HangUp);
int code = Cli.Run(args, Console.Out, Console.Error, cancellation.Token, terminal);
if (code != 0 || output.Failure is null || Cli.LeavesFiles(args)) return code;
Console.Error.WriteLine($"error: standard output could not be written ({output.Failure})");
return Cli.CheckFailed;

// The first signal ends after the step at hand; the second ends at once.
void Stop(PosixSignalContext context)
{
    context.Cancel = !cancellation.IsCancellationRequested;
    if (!context.Cancel) terminal?.Cursor.Show();
    cancellation.Cancel();
}

// A terminal that is closed hangs up more than once: its shell does, and so does the system.
void HangUp(PosixSignalContext context)
{
    context.Cancel = true;
    cancellation.Cancel();
}
