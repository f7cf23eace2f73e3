namespace Idsnn.Kernels.Ops;

/// <summary>The forward recursion of every neuron (Eq. 2, 3), for every kernel that runs one.</summary>
internal static class Recursion
{
    /// <summary>One time-step: from the state that the step before left and the current X(t) to the state for the next.</summary>
    /// <param name="neuron">The neuron.</param>
    /// <param name="state">What the step before left, or the start.</param>
    /// <param name="x">X(t).</param>
    /// <param name="u">U(t).</param>
    /// <param name="f">F(t).</param>
    public static V Next<V, TNeuron>(in TNeuron neuron, V state, V x, out V u, out V f)
        where V : unmanaged, ILanes<V>
        where TNeuron : struct, INeuron<TNeuron>
    {
        u = neuron.Charge(state, x);
        f = neuron.Fire(u);
        return neuron.Reset(u, f);
    }
}
