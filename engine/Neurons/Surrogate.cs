namespace Idsnn.Engine;

/// <summary>What stands for the firing step's derivative in the backward pass.</summary>
public enum Surrogate
{
    /// <summary>Eq. 4: 1/(2·width) within width of the threshold.</summary>
    Rectangle,

    /// <summary>(1/width)·max(0, 1 − |v|/width).</summary>
    Triangle,

    /// <summary>A logistic function's derivative.</summary>
    Sigmoid,

    /// <summary>An arctangent's derivative.</summary>
    Arctan,
}
