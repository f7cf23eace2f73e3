namespace Idsnn.Tools.Train;

/// <summary>
/// Named sets of train options. "paper" is the defaults; "strong" adds what brought most on CIFAR since: AutoAugment with Cutout, CutMix,
/// a cosine schedule with warm-up, more weight decay but none on batch-norm and biases, per-step losses, label smoothing, averaged weights.
/// </summary>
internal static class Recipe
{
    /// <summary>The recipe where none is named.</summary>
    public const string Default = "paper";

    private static readonly (string Option, string Value)[] Strong =
    [
        ("augment", "autoaugment"),
        ("cutout", "16"),
        ("cutmix", "0.5"),
        ("schedule", "cosine"),
        ("warmup-epochs", "5"),
        ("weight-decay", "5E-4"),
        ("no-vector-decay", "true"),
        ("per-step", "true"),
        ("label-smoothing", "0.1"),
        ("ema", "0.999"),
    ];

    /// <summary>The options that a recipe sets.</summary>
    /// <exception cref="ArgumentException">There is no such recipe.</exception>
    public static IReadOnlyList<(string Option, string Value)> Options(string name) => name.ToLowerInvariant() switch
    {
        Default => [],
        "strong" => Strong,
        _ => throw new ArgumentException($"--recipe: '{name}' is not one of paper, strong"),
    };
}
