using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>
/// What a network minimises: a sum of named, weighted terms. A term may take hold of activations of student and teacher, and may own layers
/// that are trained with the student.
/// </summary>
public interface IObjective : IDisposable
{
    /// <summary>The names of the terms, see <see cref="LossTerm"/>.</summary>
    IReadOnlyList<string> Terms { get; }

    /// <summary>Whether the outputs of the stages are wanted, of the student for each time-step and of the teacher.</summary>
    bool WantsStages { get; }

    /// <summary>Whether the pooled features are wanted likewise.</summary>
    bool WantsFeatures { get; }

    /// <summary>The layers that the terms own; their parameters are trained, saved and averaged with the student's.</summary>
    IEnumerable<StateEntry> State();

    /// <summary>The loss of one forward pass, recorded on the open tape.</summary>
    /// <param name="passes">What student and teacher gave.</param>
    /// <returns>The weighted sum, recorded, and the terms, which are not.</returns>
    LossSum Evaluate(ForwardPasses passes);
}

/// <summary>A loss and what it is made of.</summary>
/// <param name="Total">The weighted sum of the terms, [1].</param>
/// <param name="Terms">The terms before their weights, [terms].</param>
public sealed record LossSum(Tensor Total, Tensor Terms);

/// <summary>What the forward passes of a step gave to the objective.</summary>
/// <param name="Labels">[N].</param>
/// <param name="Logits">The student's, [N, K], or [T·N, K] where the objective is of each time-step.</param>
/// <param name="Timesteps">The student's number of time-steps.</param>
/// <param name="Taps">The student's activations, [T·N, …]; null where none are wanted.</param>
/// <param name="TeacherLogits">The teacher's, [N, K]; null without a teacher.</param>
/// <param name="TeacherTaps">The teacher's activations, [N, …]; null where none are wanted.</param>
public sealed record ForwardPasses(
    Labels Labels, Tensor Logits, int Timesteps, Taps? Taps = null, Tensor? TeacherLogits = null, Taps? TeacherTaps = null);
