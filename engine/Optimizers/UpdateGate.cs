namespace Idsnn.Engine;

/// <summary>
/// Stands on the device between gradients and the update of parameters: by how much gradients are scaled, whether the update is left out,
/// and whether an update would have left a parameter that is not finite. A new gate lets gradients through as they are.
/// </summary>
/// <param name="device">Where.</param>
public sealed class UpdateGate(Device device) : IDisposable
{
    private readonly Tensor values = Tensor.Persistent(device, [2], [1f, 0f]);

    /// <summary>Where it lies.</summary>
    public Device Device => device;

    internal GradientGate OnDevice => new(values.View);

    /// <summary>Waits for the device. A rehearsal, on which all that is read is zero, has nothing to leave out.</summary>
    /// <returns>Whether the last update was let through, and whether any would have left a parameter that is not finite.</returns>
    public (bool IsOpen, bool IsBroken) Read()
    {
        float[] read = values.ToArray();
        if (device.IsRehearsal) return (true, false);
        return (read[0] != 0f, read[1] != 0f);
    }

    /// <inheritdoc/>
    public void Dispose() => values.Dispose();
}

/// <summary>How a gate is set by what a step came to: it closes where the loss or the gradients' norm is not finite.</summary>
/// <param name="Gate">The gate.</param>
/// <param name="SquaredNorm">The sum of the squares of all gradients, [1]; null where it is not computed.</param>
/// <param name="ClipNorm">
/// Gradients are scaled by min(1, ClipNorm/(norm + 1e-6)), as torch.nn.utils.clip_grad_norm_ does; 0 leaves them as they are.
/// </param>
/// <param name="Skips">Whether the gate opens again after a step that is not finite; else it stays closed, and parameters are kept.</param>
public sealed record UpdateRule(UpdateGate Gate, Tensor? SquaredNorm = null, float ClipNorm = 0f, bool Skips = false);
