namespace Idsnn.Training;

/// <summary>The optimizers that can be chosen by name.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum, <see cref="SgdOptions"/>.</summary>
    Sgd,

    /// <summary>Adam with decoupled weight decay, <see cref="AdamWOptions"/>.</summary>
    AdamW,
}
