namespace Idsnn.Engine;

/// <summary>
/// The learning rate and the step number of <see cref="AdamWUpdate"/>; both lie on the device, so that steps can be replayed.
/// </summary>
public sealed class AdamWTimer : IDisposable
{
    // e to this is 0 as a float: the logarithm of a β of 0.
    private const double LogOfZero = -104;

    private readonly Tensor rate, corrections;
    private readonly float logBeta1, logBeta2;

    /// <summary>Starts before the first step.</summary>
    /// <param name="device">The parameters' device.</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    public AdamWTimer(Device device, double beta1, double beta2)
    {
        Require.That(beta1 is >= 0 and < 1 && beta2 is >= 0 and < 1, $"AdamW: each beta must lie in [0, 1), got {beta1} and {beta2}");
        rate = Tensor.Persistent(device, [1], [0f]);
        Steps = Tensor.Persistent(device, [1], [0f]);
        corrections = Tensor.Persistent(device, [2], [1f, 1f]);
        (logBeta1, logBeta2) = ((float)Math.Max(Math.Log(beta1), LogOfZero), (float)Math.Max(Math.Log(beta2), LogOfZero));
    }

    /// <summary>The number of steps so far, [1]; steps that were left out do not count.</summary>
    public Tensor Steps { get; }

    internal AdamWClock OnDevice => new(rate.View, Steps.View, corrections.View);

    internal Device Device => rate.Device;

    /// <summary>Sets the learning rate of the steps from now on.</summary>
    public void SetRate(float learningRate) => rate.Fill(learningRate);

    /// <summary>Counts the coming step, unless the gate leaves it out.</summary>
    /// <param name="gate">The gate of the update.</param>
    public void Advance(UpdateGate gate)
    {
        Require.OneDevice("AdamWTimer", Device, gate.Device);
        Device.Launcher.Run(new AdamWTick(OnDevice, gate.OnDevice, logBeta1, logBeta2), 1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        rate.Dispose();
        Steps.Dispose();
        corrections.Dispose();
    }
}
