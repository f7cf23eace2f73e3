namespace Idsnn.Kernels.Ops;

/// <summary>One neuron octet through time, for <see cref="Step{TLater}"/>.</summary>
public interface ISite
{
    /// <summary>One time-step forward: the state for t + 1 and the membrane at t, from the state that t − 1 left.</summary>
    F8 Next(int t, F8 state, out F8 u);

    /// <summary>dU(t) from the membrane and dU(t + 1); it is also where the site keeps what it wants of it.</summary>
    F8 Back(int t, F8 u, F8 later);
}

/// <summary>
/// Time-steps from some t on. The chain of types is unrolled by the compiler: membranes of the way there are in registers on the way
/// back, without an array.
/// </summary>
public interface ISteps
{
    /// <summary>Runs the steps there and back.</summary>
    /// <returns>dU of the first of them.</returns>
    static abstract F8 Through<TSite>(ref TSite site, int t, F8 state)
        where TSite : struct, ISite;
}

/// <summary>After the last step: no gradient comes from there.</summary>
public readonly struct NoStep : ISteps
{
    /// <inheritdoc/>
    public static F8 Through<TSite>(ref TSite site, int t, F8 state)
        where TSite : struct, ISite => F8.Broadcast(0f);
}

/// <summary>One step and those after it.</summary>
/// <typeparam name="TLater">The later steps.</typeparam>
public readonly struct Step<TLater> : ISteps
    where TLater : struct, ISteps
{
    /// <inheritdoc/>
    public static F8 Through<TSite>(ref TSite site, int t, F8 state)
        where TSite : struct, ISite
    {
        F8 next = site.Next(t, state, out F8 u);
        F8 later = TLater.Through(ref site, t + 1, next);
        return site.Back(t, u, later);
    }
}

/// <summary>A number of time-steps that is known to the compiler.</summary>
public interface ITimesteps : ISteps;

/// <summary>T = 1.</summary>
public readonly struct T1 : ITimesteps
{
    /// <inheritdoc/>
    public static F8 Through<TSite>(ref TSite site, int t, F8 state)
        where TSite : struct, ISite => Step<NoStep>.Through(ref site, t, state);
}

/// <summary>T = 2.</summary>
public readonly struct T2 : ITimesteps
{
    /// <inheritdoc/>
    public static F8 Through<TSite>(ref TSite site, int t, F8 state)
        where TSite : struct, ISite => Step<T1>.Through(ref site, t, state);
}

/// <summary>T = 3.</summary>
public readonly struct T3 : ITimesteps
{
    /// <inheritdoc/>
    public static F8 Through<TSite>(ref TSite site, int t, F8 state)
        where TSite : struct, ISite => Step<T2>.Through(ref site, t, state);
}

/// <summary>T = 4.</summary>
public readonly struct T4 : ITimesteps
{
    /// <inheritdoc/>
    public static F8 Through<TSite>(ref TSite site, int t, F8 state)
        where TSite : struct, ISite => Step<T3>.Through(ref site, t, state);
}

/// <summary>T = 5.</summary>
public readonly struct T5 : ITimesteps
{
    /// <inheritdoc/>
    public static F8 Through<TSite>(ref TSite site, int t, F8 state)
        where TSite : struct, ISite => Step<T4>.Through(ref site, t, state);
}

/// <summary>T = 6.</summary>
public readonly struct T6 : ITimesteps
{
    /// <inheritdoc/>
    public static F8 Through<TSite>(ref TSite site, int t, F8 state)
        where TSite : struct, ISite => Step<T5>.Through(ref site, t, state);
}

/// <summary>T = 8.</summary>
public readonly struct T8 : ITimesteps
{
    /// <inheritdoc/>
    public static F8 Through<TSite>(ref TSite site, int t, F8 state)
        where TSite : struct, ISite => Step<Step<T6>>.Through(ref site, t, state);
}
