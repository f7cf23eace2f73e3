namespace Idsnn.Engine;

/// <summary>What becomes of a membrane between two time-steps.</summary>
public enum NeuronKind
{
    /// <summary>Leaky integrate-and-fire: the decay is a constant.</summary>
    Lif,

    /// <summary>Integrate-and-fire: nothing leaks, the decay is 1.</summary>
    If,

    /// <summary>
    /// Parametric LIF (Fang et al., ICCV 2021): each layer trains its decay σ(w), w a scalar and σ the logistic function. The input
    /// current is not scaled: SpikingJelly's ParametricLIFNode with decay_input=False, whose own w is −w.
    /// </summary>
    Plif,
}
