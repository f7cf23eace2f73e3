using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>The loss of a training, L = CE + α·T²·KL (Eq. 8), and further terms.</summary>
/// <param name="Alpha">α; 0 leaves the teacher's outputs out.</param>
/// <param name="Temperature">T of the softened softmax.</param>
/// <param name="LabelSmoothing">ε of the cross-entropy's targets.</param>
/// <param name="PerStep">
/// Whether both terms are taken of each time-step's read-out and averaged over time (TET, Deng et al. 2022), instead of once of the mean
/// read-out.
/// </param>
public sealed record Objective(float Alpha = 0.3f, float Temperature = 4f, float LabelSmoothing = 0f, bool PerStep = false)
{
    /// <summary>Cross-entropy alone.</summary>
    public static Objective CrossEntropy { get; } = new(0f);

    /// <summary>Terms beside cross-entropy and KL, in order.</summary>
    public IReadOnlyList<TermOptions> Further { get; init; } = [];

    /// <summary>Whether it takes a teacher.</summary>
    public bool NeedsTeacher => Alpha > 0f || Further.Any(term => term.NeedsTeacher);

    /// <summary>Makes the objective of a training.</summary>
    /// <param name="student">The network that learns.</param>
    /// <param name="teacher">The frozen network it learns from; null without one.</param>
    /// <exception cref="ArgumentException">There is no teacher and it takes one.</exception>
    public IObjective Create(INetwork student, INetwork? teacher)
    {
        if (NeedsTeacher && teacher is null)
        {
            throw new ArgumentException(
                Alpha > 0f ? "distillation (α above 0) needs a teacher" : "distillation of features needs a teacher");
        }

        var logits = new LogitLoss(this, student.Spec.Timesteps);
        return Further.Count == 0 ? logits : new SumOfObjectives([logits, .. Further.Select(term => term.Create(student, teacher))]);
    }
}

/// <summary>Which further term an objective has, and its constants; a new term is a record that derives from this.</summary>
/// <param name="Weight">What the term is multiplied by in the sum.</param>
public abstract record TermOptions(float Weight)
{
    /// <summary>Whether the term takes a teacher.</summary>
    public abstract bool NeedsTeacher { get; }

    /// <summary>Makes the term of a training.</summary>
    /// <param name="student">The network that learns.</param>
    /// <param name="teacher">The frozen network it learns from; there where <see cref="NeedsTeacher"/> asks for it.</param>
    public abstract IObjective Create(INetwork student, INetwork? teacher);
}
