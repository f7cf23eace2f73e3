namespace Idsnn.Tools.Train;

/// <summary>The experiments there are. Where a row says nothing, train's defaults hold, which are the paper's.</summary>
internal static class ExperimentCatalog
{
    // The authors' distillation: α 0.5 by itself, 0.3 with the initialisation; temperature 4.
    private const string Plain = "--init none --kd-alpha 0", Idsnn = "--init prefix --kd-alpha 0.3 --kd-temperature 4";

    private static readonly ExperimentRow Baseline = new("baseline", "Baseline", Plain);

    private static readonly ExperimentRow Distilled =
        new("kd", "+ distillation", "--init none --kd-alpha 0.5 --kd-temperature 4", Baseline.Name);

    private static readonly ExperimentRow Whole = new("idsnn", "IDSNN", Idsnn, Baseline.Name);

    private static readonly ExperimentDefinition Ablation = new(
        "ablation", "What initialisation and distillation bring",
        "The paper’s Table 3: the same spiking network trained plainly, started from the teacher, taught by it, and both.",
        "cifar10", 3,
        [Baseline, new("init", "+ initialisation", "--init prefix --kd-alpha 0", Baseline.Name), Distilled, Whole])
    {
        Timesteps = [4, 6],
    };

    // The paper does not say for how long the earlier milestones were trained; 100 epochs hold every best epoch of its table.
    private static readonly ExperimentDefinition Convergence = new(
        "convergence", "How fast the networks converge",
        "The paper’s Table 4 and Figure 5: the learning rate falls ever earlier; which network is first at the plain one’s best accuracy?",
        "cifar100", 3, [Baseline, Distilled, Whole])
    {
        Schedules = [ExperimentDefinition.PaperSchedule, new([20, 40, 60], 100), new([10, 20, 30], 100)],
    };

    private static readonly ExperimentDefinition Timesteps = new(
        "timesteps", "What time-steps bring and cost",
        "Accuracy, firing rate, energy and time of an image at each T: one network trained once and run at others, and one trained at each.",
        "cifar10", 1, [Whole with { Against = null }])
    {
        Timesteps = [1, 2, 3, 4, 5, 6, 7, 8],
        EvaluatesTimesteps = true,
    };

    private static readonly ExperimentDefinition Recipe = new(
        "recipe", "What the field’s recipe adds",
        "IDSNN by the paper’s recipe, by the strong one, and with each of its parts alone.", "cifar10", 1,
        [
            Whole with { Title = "The paper’s recipe", Against = null },
            Part("autoaugment", "AutoAugment", "--augment autoaugment"),
            Part("randaugment", "RandAugment", "--augment randaugment"),
            Part("cutout", "Cutout", "--cutout 16"),
            Part("cutmix", "CutMix", "--cutmix 0.5"),
            Part("cosine", "Cosine schedule", "--schedule cosine"),
            Part("warmup", "Warm-up", "--warmup-epochs {warmup}"),
            Part("decay", "Weight decay 5e-4, on weights only", "--weight-decay 5e-4 --no-vector-decay"),
            Part("per-step", "Per-step losses", "--per-step"),
            Part("smoothing", "Label smoothing", "--label-smoothing 0.1"),
            Part("ema", "Averaged weights", "--ema {ema}"),
            Part("strong", "The strong recipe", "--recipe strong --warmup-epochs {warmup} --ema {ema}"),
            Part("strong-taught", "The strong recipe, its teacher too", "--recipe strong --warmup-epochs {warmup} --ema {ema}")
                with { HasOwnTeacher = true },
        ]);

    private static readonly ExperimentDefinition Choices = new(
        "choices", "Choices that the paper leaves open",
        "Each against the default: how blocks are mapped, whether shortcuts are copied, where batch-norm’s γ starts, encoding, the stem.",
        "cifar10", 3,
        [
            Whole with { Against = null },
            Choice("even", "Blocks mapped evenly", "--init even"),
            Choice("shortcuts", "Shortcuts copied", "--shortcuts copy"),
            Choice("gamma", "γ starts at the threshold", "--bn-gamma 0.5"),
            Choice("poisson", "Poisson encoding", "--encoder poisson"),
            Choice("padding", "Stem padding 3", "--stem-padding 3"),
            Baseline,
            new("baseline-gamma", "Baseline, γ starts at the threshold", $"{Plain} --bn-gamma 0.5", Baseline.Name),
        ]);

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<ExperimentDefinition> All = [Ablation, Convergence, Timesteps, Recipe, Choices];

    /// <exception cref="ArgumentException">There is no such experiment.</exception>
    public static ExperimentDefinition Find(string? name)
    {
        string known = string.Join(", ", All.Select(experiment => experiment.Name));
        return All.FirstOrDefault(experiment => experiment.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException(
                name is null ? $"name an experiment: {known}" : $"there is no experiment '{name}'; use {known}");
    }

    private static ExperimentRow Part(string name, string title, string options) => new(name, title, $"{Idsnn} {options}", Whole.Name);

    private static ExperimentRow Choice(string name, string title, string options) => new(name, title, $"{Idsnn} {options}", Whole.Name);
}
