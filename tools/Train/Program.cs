using System.Globalization;
using System.Runtime.InteropServices;
using Idsnn.Tools.Train;
using Spectre.Console;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var terminal = Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi ? null : AnsiConsole.Console;
using var cancellation = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
return Cli.Run(args, Console.Out, Console.Error, cancellation.Token, terminal);

// The first signal ends after the step at hand; the second ends at once.
void Stop(PosixSignalContext context)
{
    context.Cancel = !cancellation.IsCancellationRequested;
    if (!context.Cancel) terminal?.Cursor.Show();
    cancellation.Cancel();
}
