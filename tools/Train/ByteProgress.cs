using System.Globalization;
using Spectre.Console;

namespace Idsnn.Tools.Train;

/// <summary>Shows how far a transfer is: a bar on a terminal, and where output goes elsewhere a line for every tenth.</summary>
internal static class ByteProgress
{
    /// <summary>Runs work that reports bytes done and bytes in all, and that may log lines between.</summary>
    public static T Show<T>(TextWriter output, string name, Func<Action<long, long>, Action<string>, T> work)
    {
        if (output != Console.Out || Console.IsOutputRedirected) return work(new Lines(output, name).Report, output.WriteLine);
        return AnsiConsole.Progress()
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(),
                new RemainingTimeColumn())
            .Start(context =>
            {
                var bar = context.AddTask(Markup.Escape(name), autoStart: true);
                return work(
                    (done, total) =>
                    {
                        bar.MaxValue = total;
                        bar.Value = done;
                    },
                    AnsiConsole.WriteLine);
            });
    }

    /// <summary>170.5 MB.</summary>
    public static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes * 1e-6:F1} MB");

    private sealed class Lines(TextWriter output, string name)
    {
        private const int Parts = 10;

        private long last = -1;

        public void Report(long done, long total)
        {
            long part = done * Parts / total;
            if (part == last) return;
            last = part;
            output.WriteLine($"{name}: {part * 100 / Parts} % of {Megabytes(total)}");
        }
    }
}
