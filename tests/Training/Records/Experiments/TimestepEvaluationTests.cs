using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>timesteps.csv.</summary>
public class TimestepEvaluationTests
{
    private static readonly TimestepEvaluation[] Some =
    [
        new("idsnn-T4-seed0", "2026-01-02T03:04:05+00:00", 4, 2, 0.4275, 0.25, 12.5, 1.75),
        new("idsnn-T1-seed0", "2026-01-02T04:04:05+00:00", 1, 1, 0.375, 0.125, 3.5, 0.5),
    ];

    [Test]
    public void WhatIsWrittenIsRead()
    {
        using var root = new TemporaryFolder();
        var folder = new ExperimentFolder(root.Path, "timesteps");
        folder.Write(Some);

        Assert.That(folder.LoadEvaluations(), Is.EqualTo(Some));
        Assert.That(new ExperimentFolder(root.Path, "another").LoadEvaluations(), Is.Empty);
    }

    [TestCase("run,started\n", "does not begin with 'run,started,trained_at,")]
    [TestCase(TimestepEvaluation.Header + "\nidsnn,2026,4,2\n", "is damaged; delete it to measure anew")]
    [TestCase(TimestepEvaluation.Header + "\nidsnn,2026,4,2,a,b,c,d\n", "is damaged; delete it to measure anew")]
    public void ADamagedFileIsRefused(string text, string message)
    {
        using var root = new TemporaryFolder();
        string file = root.File("timesteps.csv");
        File.WriteAllText(file, text);

        Assert.That(() => TimestepEvaluation.Load(file), Throws.TypeOf<InvalidDataException>().With.Message.Contains(message));
    }
}
