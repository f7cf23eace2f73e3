namespace Idsnn.Training;

/// <summary>
/// The names of an objective's terms. A term goes by one name in saved states, as train_NAME in metrics.csv and as loss/train_NAME in
/// TensorBoard; the two oldest have a shorter one in metrics.csv, in log lines and on the terminal.
/// </summary>
public static class LossTerm
{
    /// <summary>Cross-entropy of the labels; every objective has it.</summary>
    public const string CrossEntropy = "cross_entropy";

    /// <summary>The KL divergence from the teacher's softened outputs, before α·T².</summary>
    public const string Distillation = "distillation";

    /// <summary>The squared distance of the aligned pooled features from the teacher's, before its weight.</summary>
    public const string Features = "features";

    private static readonly (string Name, string Brief)[] Shortened = [(CrossEntropy, "ce"), (Distillation, "kl")];

    /// <summary>The name in metrics.csv, in log lines and on the terminal.</summary>
    /// <param name="name">The term's name.</param>
    public static string Brief(string name) => Shortened.FirstOrDefault(term => term.Name == name).Brief ?? name;

    /// <summary>The term that has a short name.</summary>
    /// <param name="brief">A name as <see cref="Brief"/> gives it.</param>
    public static string FromBrief(string brief) => Shortened.FirstOrDefault(term => term.Brief == brief).Name ?? brief;
}
