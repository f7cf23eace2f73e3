using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>Up to <see cref="SgdChunks.Length"/> neighbouring parameters, by their addresses on the device.</summary>
/// <param name="Weight">Of w.</param>
/// <param name="Velocity">Of v.</param>
/// <param name="Gradient">Of dW.</param>
/// <param name="Count">How many.</param>
public readonly record struct SgdChunk(long Weight, long Velocity, long Gradient, long Count);

/// <summary>
/// <see cref="Sgd"/> over all parameters of a network in one launch. The learning rate lies on the device, so that a recorded launch can
/// be replayed with another. A w that would not be finite stays as it is, and the gate is told.
/// One work-item: every <see cref="Threads"/>th element of one chunk. Reference: <see cref="Sgd"/>.
/// </summary>
/// <param name="chunks">The parameters.</param>
/// <param name="rate">[1]: the learning rate.</param>
/// <param name="gate">The gate.</param>
/// <param name="spec">The other constants.</param>
public readonly struct SgdChunks(ArrayView<SgdChunk> chunks, ArrayView<float> rate, GradientGate gate, SgdSpec spec) : IKernel
{
    /// <summary>Elements of a chunk at most.</summary>
    public const int Length = 2048;

    /// <summary>Work-items of a chunk.</summary>
    public const int Threads = 256;

    /// <inheritdoc/>
    public void Execute(int item)
    {
        var chunk = chunks[item / Threads];
        float step = -rate[0], scale = gate.Scale;
        if (scale == 0f) return;
        bool finite = true;
        for (int i = item % Threads; i < chunk.Count; i += Threads)
        {
            long at = i * sizeof(float);
            float w = RawMemory.Load(chunk.Weight + at);
            float g = Scalar.Fma(spec.WeightDecay, w, scale * RawMemory.Load(chunk.Gradient + at));
            float v = Scalar.Fma(spec.Momentum, RawMemory.Load(chunk.Velocity + at), g);
            w = Scalar.Fma(step, spec.Nesterov ? Scalar.Fma(spec.Momentum, v, g) : v, w);
            if (Finite.Is(w))
            {
                RawMemory.Store(chunk.Velocity + at, v);
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
