using Idsnn.Engine;

namespace Idsnn.Training;

/// <summary>Moves parameters by their gradients, and remembers what it needs from step to step.</summary>
public interface IOptimizer : IDisposable
{
    /// <summary>Scales the gradients, or leaves a step out. Whoever knows their norm sets it by <see cref="Ops.AddStep"/>.</summary>
    UpdateGate Gate { get; }

    /// <summary>
    /// What it remembers, by the names that a saved training keeps it under: a slot's name, a dot and the parameter's, such as
    /// velocity.conv1.weight, or a name of its own.
    /// </summary>
    IReadOnlyList<NamedTensor> State { get; }

    /// <summary>Whether <see cref="Step"/> can be recorded and replayed: all that changes from step to step lies on the device.</summary>
    bool CanReplay { get; }

    /// <summary>Sets the learning rate of the steps from now on, replayed ones too.</summary>
    /// <param name="learningRate">The learning rate.</param>
    void SetRate(double learningRate);

    /// <summary>Updates every parameter from its gradient, unless the gate is closed, and throws the gradients away.</summary>
    /// <exception cref="ArgumentException">A parameter has no gradient.</exception>
    void Step();
}
