using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// The learning rate and the step number of AdamW, on the device, so that a recorded launch can be replayed with the next ones.
/// </summary>
/// <param name="rate">[1]: the learning rate.</param>
/// <param name="step">[1]: steps so far.</param>
/// <param name="corrections">[2]: 1/(1 − β₁ᵗ) and 1/√(1 − β₂ᵗ) of the step at hand.</param>
public readonly struct AdamWClock(ArrayView<float> rate, ArrayView<float> step, ArrayView<float> corrections)
{
    /// <summary>The learning rate.</summary>
    public float Rate => rate[0];

    /// <summary>The learning rate over 1 − β₁ᵗ: what m is multiplied by.</summary>
    public float StepSize => rate[0] * corrections[0];

    /// <summary>1/√(1 − β₂ᵗ): what √v is multiplied by.</summary>
    public float SecondCorrection => corrections[1];

    /// <summary>Counts a step, and computes its corrections.</summary>
    internal void Advance(float logBeta1, float logBeta2)
    {
        float t = step[0] + 1f;
        step[0] = t;
        corrections[0] = 1f / OneLessPower(logBeta1 * t);
        corrections[1] = 1f / MathF.Sqrt(OneLessPower(logBeta2 * t));
    }

    /// <summary>1 − eˣ for x ≤ 0, without the cancellation near 0.</summary>
    private static float OneLessPower(float x)
    {
        if (x < -0.5f) return 1f - MathF.Exp(x);
        float series = 1f;
        for (int k = 8; k > 1; k--) series = 1f + (x / k * series);
        return -x * series;
    }
}

/// <summary>Counts a step of AdamW, unless the gate leaves it out. One work-item in all. Reference: AdamWReference.</summary>
/// <param name="clock">The clock.</param>
/// <param name="gate">The gate.</param>
/// <param name="logBeta1">ln β₁.</param>
/// <param name="logBeta2">ln β₂.</param>
public readonly struct AdamWTick(AdamWClock clock, GradientGate gate, float logBeta1, float logBeta2) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        if (gate.Scale != 0f) clock.Advance(logBeta1, logBeta2);
    }
}
