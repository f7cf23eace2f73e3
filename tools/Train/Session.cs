using Idsnn.Datasets;
using Spectre.Console;

namespace Idsnn.Tools.Train;

/// <summary>What a verb works with.</summary>
/// <param name="Arguments">The command line.</param>
/// <param name="Out">Results and progress.</param>
/// <param name="Terminal">The terminal that the output goes to; null where it goes elsewhere.</param>
/// <param name="Cancellation">Ctrl-C.</param>
internal sealed record Session(IReadOnlyList<string> Arguments, TextWriter Out, IAnsiConsole? Terminal, CancellationToken Cancellation)
{
    /// <summary>Takes a line about what is passed over.</summary>
    public Action<string> Warn { get; init; } = _ => { };

    public void Log(string line) => Out.WriteLine(SafeText.Lines(line));
}
