using Idsnn.Datasets;
using Idsnn.Training;

namespace Idsnn.Tests.Tools;

/// <summary>train --recipe and the options that it stands for.</summary>
public class RecipeTests
{
    [Test]
    public void ThePapersIsTheDefault()
    {
        var training = Parse().StudentTraining;
        Assert.That(
            (training.Augmentation, training.AverageDecay, training.Update.Optimizer.WeightDecay, training.Update.Optimizer.DecayVectors,
                training.Objective.PerStep),
            Is.EqualTo((Augmentation.CropFlip, 0f, 1e-4f, true, false)));
    }

    [Test]
    public void TheStrongOneIsMadeOfOptionsAndThoseGivenWin()
    {
        var strong = Parse("--recipe", "strong", "--ema", "0.5", "--cutmix=0").StudentTraining;
        Assert.That(strong.Augmentation, Is.EqualTo(Augmentation.CropFlip with { Policy = new AutoAugment(), Cutout = 16 }));
        Assert.That(
            (strong.AverageDecay, strong.Update.Optimizer.WeightDecay, strong.Update.Optimizer.DecayVectors, strong.Objective.PerStep,
                strong.Objective.LabelSmoothing,
                strong.Schedule.Kind.ToString(), strong.Schedule.WarmupEpochs),
            Is.EqualTo((0.5f, 5e-4f, false, true, 0.1f, "Cosine", 5)));
    }

    [Test]
    public void AFileMayNameOne()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("c.json"), "{\"recipe\": \"strong\", \"cutout\": 8}");
        var training = Parse("--config", folder.File("c.json"), "--per-step").StudentTraining;
        Assert.That((training.Augmentation.Cutout, training.Augmentation.CutMix, training.AverageDecay), Is.EqualTo((8, 0.5f, 0.999f)));

        // One that is given wins over the file's; what else the file says holds.
        var paper = Parse("--config", folder.File("c.json"), "--recipe", "paper");
        Assert.That((paper.Recipe, paper.Augmentation.Cutout, paper.AverageDecay), Is.EqualTo((Recipe.Paper, 8, 0f)));
    }

    [TestCase("--recipe weak", "--recipe: 'weak' is not one of paper, strong")]
    [TestCase("--augment some", "--augment: 'some' is not one of none, cropflip, autoaugment, randaugment")]
    [TestCase("--ema 1", "--ema must lie in [0, 1), got 1")]
    [TestCase("--cutmix 1.5", "--cutmix must lie in [0, 1], got 1.5")]
    [TestCase("--cutout -1", "--cutout must be at least 0, got -1")]
    public void WrongValuesAreRefused(string arguments, string message)
    {
        var outcome = CommandLine.Run(["train", .. arguments.Split(' ')]);
        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((2, $"error: {message}{Environment.NewLine}")));
    }

    private static RunSpec Parse(params string[] options) => CommandLine.Spec(options);
}
