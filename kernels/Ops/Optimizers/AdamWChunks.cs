using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>Up to <see cref="AdamWChunks.Length"/> neighbouring parameters, by their addresses on the device.</summary>
/// <param name="Weight">Address of w.</param>
/// <param name="First">Address of m.</param>
/// <param name="Second">Address of v.</param>
/// <param name="Gradient">Address of dW.</param>
/// <param name="Count">How many parameters there are.</param>
public readonly record struct AdamWChunk(long Weight, long First, long Second, long Gradient, long Count);

/// <summary>
/// <see cref="AdamW"/> over all parameters of a network in one launch. A parameter of which w or v would not be finite stays as it is, and
/// the gate is told. One work-item: every <see cref="Threads"/>th element of one chunk. Reference: <see cref="AdamW"/>.
/// </summary>
/// <param name="chunks">The parameters.</param>
/// <param name="clock">The learning rate and the step.</param>
/// <param name="gate">The gate.</param>
/// <param name="spec">The constants.</param>
public readonly struct AdamWChunks(ArrayView<AdamWChunk> chunks, AdamWClock clock, GradientGate gate, AdamWSpec spec) : IKernel
{
    /// <summary>Elements of a chunk at most.</summary>
    public const int Length = SgdChunks.Length;

    /// <summary>Work-items of a chunk.</summary>
    public const int Threads = SgdChunks.Threads;

    /// <inheritdoc/>
    public void Execute(int item)
    {
        var chunk = chunks[item / Threads];
        float scale = gate.Scale;
        if (scale == 0f) return;
        float step = -clock.StepSize, shrink = -clock.Rate * spec.WeightDecay;
        var divisor = new AdamWDivisor(clock.SecondCorrection, spec.Epsilon);
        bool finite = true;
        for (int i = item % Threads; i < chunk.Count; i += Threads)
        {
            long at = i * sizeof(float);
            float w = RawMemory.Load(chunk.Weight + at), m = RawMemory.Load(chunk.First + at);
            float g = scale * RawMemory.Load(chunk.Gradient + at);
            m = Scalar.Fma(spec.FirstGain, g - m, m);
            float v = Scalar.Fma(spec.Beta2, RawMemory.Load(chunk.Second + at), spec.SecondGain * (g * g));
            w = Scalar.Fma(step, m * divisor.Invoke(v), Scalar.Fma(shrink, w, w));
            if (Finite.Is(w) && Finite.Is(v))
            {
                RawMemory.Store(chunk.First + at, m);
                RawMemory.Store(chunk.Second + at, v);
                RawMemory.Store(chunk.Weight + at, w);
            }
            else
            {
                finite = false;
            }
        }

        if (!finite) gate.Break();
    }
}
