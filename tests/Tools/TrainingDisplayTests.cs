using Idsnn.Tests.Training;
using Idsnn.Tools.Train;
using Idsnn.Training;
using Spectre.Console;

namespace Idsnn.Tests.Tools;

public class TrainingDisplayTests
{
    private static readonly TrainingProgress Halfway = new(
        "student", 3, 200, 391, 782, new Metrics(100, 1.5, Tiny.Terms(1.25, 0.25), 0.5), 0.05,
        512.34, 0.125, 3L << 29, TimeSpan.FromMinutes(192));

    [Test]
    public void AWideTerminalShowsItInOneLine() => Assert.That(TrainingDisplay.Lines(Halfway, 200, unicode: true), Is.EqualTo(new[]
    {
        "student epoch 3/200  step 391/782  ██████████░░░░░░░░░░  3 h 12 min left  loss 1.500  ce 1.250  kl 0.250  top-1 50.0 %  lr 0.05  "
        + "512.3 images/s  firing 0.125  memory 1.5 GiB",
    }));

    [Test]
    public void ANarrowOneShowsTheSameInMore([Values(80, 40, 21, 7, 1)] int width)
    {
        var lines = TrainingDisplay.Lines(Halfway, width, unicode: false);

        Assert.That(lines.Select(line => line.Length), Has.All.InRange(1, width));
        if (width > 20) Assert.That(string.Join("  ", lines), Is.EqualTo(TrainingDisplay.Lines(Halfway, 200, unicode: false).Single()));
    }

    [Test]
    public void WhatIsNotThereIsNotShown()
    {
        string line = TrainingDisplay.Lines(
            Halfway with { Step = 782, FiringRate = null, Train = Halfway.Train with { Terms = Tiny.Terms(1.25) } }, 200,
            unicode: false).Single();

        Assert.That(
            line, Does.Contain("####################  testing").And.Not.Contain("kl").And.Not.Contain("firing").And.Not.Contain("left"));
    }

    [Test]
    public void TheCursorComesBackAfterAnError()
    {
        using var output = new StringWriter();
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(output),
        });
        var session = new Session([], output, terminal, default);

        Assert.That(
            () => TrainingDisplay.Run(session, display =>
            {
                display.Progress!.Report(Halfway);
                display.Log("a line [not markup]");
                throw new IOException("full");
            }),
            Throws.InstanceOf<IOException>());
        string text = output.ToString();
        Assert.That(text, Does.Contain("student epoch 3/200").And.Contain("\u001b[Ja line [not markup]\n"));
        Assert.That(
            text.LastIndexOf("\u001b[?25h", StringComparison.Ordinal),
            Is.GreaterThan(text.LastIndexOf("\u001b[?25l", StringComparison.Ordinal)));
    }

    [Test]
    public void WithoutATerminalThereIsTheLogAlone()
    {
        using var output = new StringWriter();
        TrainingDisplay.Run(new Session([], output, null, default), display =>
        {
            Assert.That(display.Progress, Is.Null);
            display.Log("a line");
        });
        Assert.That(output.ToString(), Is.EqualTo("a line" + Environment.NewLine));
    }
}
