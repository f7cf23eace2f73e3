namespace Idsnn.Training;

/// <summary>A named way of training.</summary>
public enum Recipe
{
    /// <summary>The paper's: the defaults.</summary>
    Paper,

    /// <summary>
    /// What brought most on CIFAR since: AutoAugment with Cutout, CutMix, a cosine schedule with warm-up, more weight decay but none on
    /// batch-norm and biases, per-step losses, label smoothing, averaged weights.
    /// </summary>
    Strong,
}

/// <summary>What the recipes stand for.</summary>
public static class Recipes
{
    /// <summary>The training that a recipe names, to be changed from there.</summary>
    public static RunSpec Start(Recipe recipe)
    {
        var paper = new RunSpec();
        return recipe == Recipe.Paper ? paper : paper with
        {
            Recipe = recipe,
            Augmentation = new(AugmentationKind.AutoAugment, Cutout: 16, CutMix: 0.5f),
            Rate = paper.Rate with { Kind = ScheduleKind.Cosine, WarmupEpochs = 5 },
            Optimizer = paper.Optimizer with { WeightDecay = 5e-4f, DecayVectors = false },
            Objective = paper.Objective with { PerStep = true, LabelSmoothing = 0.1f },
            AverageDecay = 0.999f,
        };
    }
}
