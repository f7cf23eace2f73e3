using ILGPU;

namespace Idsnn.Kernels.Ops;

/// <summary>
/// Poisson (rate) encoding: spike with probability clamp(x, 0, 1) at every time-step, independently. Element i of the output draws
/// number i of the stream that (seed, offset) names, so the spikes depend on nothing else. One work-item: four elements. Reference:
/// PoissonReference.
/// </summary>
/// <param name="x">[sites], in [0, 1].</param>
/// <param name="spikes">[T, sites].</param>
/// <param name="sites">Floats per time-step.</param>
/// <param name="count">T · sites.</param>
/// <param name="seed">The generator's key.</param>
/// <param name="offset">
/// [1]: the upper half of its counter, a step number, so that each batch draws anew; on the device, so that a recorded launch can be
/// replayed with another.
/// </param>
public readonly struct PoissonEncode(
    ArrayView<float> x, ArrayView<float> spikes, int sites, int count, ulong seed, ArrayView<ulong> offset) : IKernel
{
    /// <inheritdoc/>
    public void Execute(int item)
    {
        var draws = Philox.Draw((uint)item, offset[0], seed);
        int at = item * 4;
        Fire(at, draws.X);
        Fire(at + 1, draws.Y);
        Fire(at + 2, draws.Z);
        Fire(at + 3, draws.W);
    }

    private void Fire(int at, uint draw)
    {
        if (at < count) spikes[at] = (draw >> 8) * (1f / (1 << 24)) < x[at % sites] ? 1f : 0f;
    }
}
