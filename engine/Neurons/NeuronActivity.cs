namespace Idsnn.Engine;

/// <summary>
/// What the neurons of one layer did, summed on the device over the images of some forward passes: spikes at each place and time-step,
/// and membranes within the surrogate's window, where gradients can pass.
/// </summary>
public sealed class NeuronActivity : IDisposable
{
    private Tensor? spikes, inWindow;

    /// <summary>Images seen.</summary>
    public long Images { get; private set; }

    /// <summary>T; 0 before the first pass.</summary>
    public int Timesteps => spikes?.Shape[0] ?? 0;

    /// <summary>The shape of the layer for one image: [H, W, C], or [C] behind a fully connected layer.</summary>
    public Shape Places => inWindow?.Shape ?? [];

    /// <summary>Waits for the spikes, [T, H, W, C].</summary>
    public float[] ReadSpikes() => spikes?.ToArray() ?? [];

    /// <summary>Waits for the number of membranes within the window, [H, W, C], summed over time-steps.</summary>
    public float[] ReadInWindow() => inWindow?.ToArray() ?? [];

    /// <inheritdoc/>
    public void Dispose()
    {
        spikes?.Dispose();
        inWindow?.Dispose();
    }

    /// <summary>The sums that a pass over so many images adds to.</summary>
    internal (Tensor Spikes, Tensor InWindow) Sums(Device device, int timesteps, Shape places, int images)
    {
        spikes ??= Tensor.Persistent(device, [timesteps, .. places], new float[timesteps * places.Size]);
        inWindow ??= Tensor.Persistent(device, places, new float[places.Size]);
        Require.That(
            timesteps == Timesteps && places == Places,
            $"NeuronActivity: a layer of {Places} at T = {Timesteps} was seen before, got {places} at T = {timesteps}");
        Require.OneDevice("NeuronActivity", spikes.Device, device);
        Images += images;
        return (spikes, inWindow);
    }
}
