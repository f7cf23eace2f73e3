using System.Globalization;
using System.Text;
using Idsnn.Datasets;
using Idsnn.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Idsnn.Tools.Train;

/// <summary>Shows how training goes: on a terminal a few lines that stay at its bottom, under the log; elsewhere the log alone.</summary>
internal sealed class TrainingDisplay : IProgress<TrainingProgress>
{
    private const string Gap = "  ";
    private const int BarLength = 20;

    private readonly Session session;
    private readonly LiveDisplayContext? live;

    private TrainingDisplay(Session session, LiveDisplayContext? live)
    {
        this.session = session;
        this.live = live;
    }

    /// <summary>Takes progress; null where nobody would see it.</summary>
    public IProgress<TrainingProgress>? Progress => live is null ? null : this;

    /// <summary>Runs work with a display.</summary>
    public static void Run(Session session, Action<TrainingDisplay> work)
    {
        if (session.Terminal is not { } terminal)
        {
            work(new TrainingDisplay(session, null));
            return;
        }

        try
        {
            terminal.Live(new Text(string.Empty)).AutoClear(true).Start(live =>
            {
                var display = new TrainingDisplay(session, live);
                using var stop = session.Cancellation.Register(() => display.Log("stopping after this step; once more stops at once"));
                work(display);
            });
        }
        catch
        {
            // Caught, so that the cursor comes back before the process ends, whatever ends it.
            throw;
        }
    }

    /// <summary>Writes a line above the display.</summary>
    public void Log(string line)
    {
        if (session.Terminal is { } terminal) terminal.Write(new LogLine(SafeText.Lines(line)));
        else session.Log(line);
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        var profile = session.Terminal!.Profile;
        live!.UpdateTarget(new Rows(Lines(value, profile.Width, profile.Capabilities.Unicode).Select(line => new Text(line))));
        live.Refresh();
    }

    /// <summary>The lines of a display so many columns wide.</summary>
    internal static IReadOnlyList<string> Lines(TrainingProgress p, int width, bool unicode)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        foreach (string cell in Cells(p, unicode))
        {
            if (line.Length > 0 && line.Length + Gap.Length + cell.Length > width)
            {
                lines.Add(line.ToString());
                line.Clear();
            }

            line.Append(line.Length == 0 ? string.Empty : Gap).Append(cell.Length <= width ? cell : cell[..width]);
        }

        lines.Add(line.ToString());
        return lines;
    }

    private static IEnumerable<string> Cells(TrainingProgress p, bool unicode)
    {
        int done = (int)((long)BarLength * p.Step / p.Steps);
        yield return Text($"{p.Network} epoch {p.Epoch}/{p.Epochs}");
        yield return Text($"step {p.Step}/{p.Steps}");
        yield return new string(unicode ? '█' : '#', done) + new string(unicode ? '░' : '.', BarLength - done);
        yield return p.Step == p.Steps ? "testing" : $"{Quantity.Time(p.Left.TotalSeconds)} left";
        yield return Text($"loss {p.Train.Loss:F3}");
        foreach (var term in p.Train.Terms) yield return Text($"{LossTerm.Brief(term.Term)} {term.Value:F3}");
        yield return Text($"top-1 {p.Train.Accuracy:P1}");
        yield return Text($"lr {p.LearningRate:G3}");
        yield return Text($"{p.ImagesPerSecond:F1} images/s");
        if (p.FiringRate is { } rate) yield return Text($"firing {rate:F3}");
        yield return $"memory {Quantity.Memory(p.DeviceBytes)}";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// A line where the display begins, which is wiped away for it and drawn again below; the terminal breaks it where it must.
    /// </summary>
    private sealed class LogLine(string line) : Renderable
    {
        private const string EraseBelow = "\u001b[J";

        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            [Segment.Control(EraseBelow), .. line.Split('\n').SelectMany(part => (Segment[])[new(part), Segment.LineBreak])];
    }
}
