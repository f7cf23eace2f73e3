namespace Idsnn.Engine;

/// <summary>Something that runs a kernel made for one kind of neuron.</summary>
internal interface INeuronLaunch
{
    /// <summary>Runs it with the neuron as the kernel takes it.</summary>
    void Run<TNeuron>(TNeuron neuron)
        where TNeuron : struct, INeuron<TNeuron>;
}

/// <summary>The neurons of one layer, and which kernels they run in.</summary>
/// <param name="Neuron">The neuron.</param>
/// <param name="Spec">Its constants and how many there are.</param>
/// <param name="Decay">The decay, [1], of neurons that train it; else null.</param>
internal sealed record Population(Neuron Neuron, LifSpec Spec, Tensor? Decay)
{
    /// <summary>The neurons over [T·N, …].</summary>
    /// <exception cref="ArgumentException">
    /// The neuron's constants make no sense, or its decay is trained and does not come as a tensor [1], or the reverse.
    /// </exception>
    public static Population Of(string op, Neuron neuron, Tensor? decay, Device device, Shape shape, int timesteps)
    {
        Require.That(
            neuron.Decay is >= 0f and <= 1f && neuron.Width > 0f,
            $"{op}: decay must lie in [0, 1] and the surrogate's width above 0, got {neuron.Decay} and {neuron.Width}");
        Require.That(neuron.Contradiction is null, $"{op}: {neuron.Contradiction}");
        Require.That(
            neuron.TrainsDecay ? decay?.Shape == [1] : decay is null,
            $"{op}: a PLIF neuron, and no other, takes its decay as a tensor [1]; "
            + $"got {decay?.Shape.ToString() ?? "none"} for {neuron.Kind}");
        Require.OneDevice(op, device, decay?.Device);
        var spec = new LifSpec(
            timesteps, shape.Size / timesteps, neuron.Decay, neuron.Threshold, neuron.Width, neuron.Reset == Reset.Soft,
            !neuron.DetachReset);
        return new Population(neuron, spec, decay);
    }

    /// <summary>Runs a kernel made for these neurons.</summary>
    /// <param name="launch">The kernel.</param>
    /// <param name="parts">Where a backward kernel leaves the parts of the decay's gradient; null for a forward kernel.</param>
    public void Run<TLaunch>(TLaunch launch, Tensor? parts = null)
        where TLaunch : INeuronLaunch
    {
        if (Decay is not null) launch.Run(new ParametricLifNeuron(Spec, Decay.View, (parts ?? Decay).View));
        else if (Neuron is { InitialMembrane: 0f, FiresAtThreshold: false }) launch.Run(new LifNeuron(Spec));
        else launch.Run(new PrimedLifNeuron(Spec, Neuron.InitialMembrane, FiringBound));
    }

    /// <summary>What a membrane that fires is above: of floats, those above the next lower one than U_th are those from U_th on.</summary>
    private float FiringBound => Neuron.FiresAtThreshold ? MathF.BitDecrement(Neuron.Threshold) : Neuron.Threshold;
}
