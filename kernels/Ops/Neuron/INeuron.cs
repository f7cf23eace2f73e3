namespace Idsnn.Kernels.Ops;

/// <summary>
/// A spiking neuron, as kernels are compiled for it: what one time-step does to its membrane, and what is left for the next. A kernel that
/// runs neurons takes one as a type parameter, so none pays for what another does. Constants are the struct's fields.
/// </summary>
/// <typeparam name="TSelf">The neuron itself.</typeparam>
public interface INeuron<TSelf>
    where TSelf : struct, INeuron<TSelf>
{
    /// <summary>Sizes, and the constants that every neuron has.</summary>
    LifSpec Spec { get; }

    /// <summary>The neuron with what it keeps in memory in registers: once per work-item, before anything else is asked of it.</summary>
    TSelf Load();

    /// <summary>The state before the first time-step.</summary>
    /// <typeparam name="V">The lane type.</typeparam>
    V Start<V>()
        where V : unmanaged, ILanes<V>;

    /// <summary>The membrane U(t), from the state that the step before left and the input current X(t).</summary>
    /// <typeparam name="V">The lane type.</typeparam>
    V Charge<V>(V state, V x)
        where V : unmanaged, ILanes<V>;

    /// <summary>F(t): 1 where membrane <paramref name="u"/> fires, else 0.</summary>
    /// <typeparam name="V">The lane type.</typeparam>
    V Fire<V>(V u)
        where V : unmanaged, ILanes<V>;

    /// <summary>The state that membrane <paramref name="u"/>, having fired <paramref name="f"/>, leaves for the next step.</summary>
    /// <typeparam name="V">The lane type.</typeparam>
    V Reset<V>(V u, V f)
        where V : unmanaged, ILanes<V>;

    /// <summary>
    /// dU(t) from the membrane U(t), the spike's gradient dF(t) and dU(t + 1); 0 after the last step. The gradient of a trained
    /// constant is added to <paramref name="trained"/>, which begins as 0 and goes from step to step.
    /// </summary>
    /// <typeparam name="V">The lane type.</typeparam>
    /// <typeparam name="TSurrogate">What stands for the derivative of <see cref="Fire"/>.</typeparam>
    V Back<V, TSurrogate>(V u, V dF, V later, ref V trained)
        where V : unmanaged, ILanes<V>
        where TSurrogate : struct, ISurrogate;

    /// <summary>Stores what a work-item of a backward kernel added up for a trained constant, if there is one.</summary>
    /// <typeparam name="V">The lane type.</typeparam>
    void Store<V>(int item, V trained)
        where V : unmanaged, ILanes<V>;
}
