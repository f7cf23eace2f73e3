namespace Idsnn.Engine;

/// <summary>
/// Chooses the algorithm of each pass of a convolution: from the device's fast paths, its lanes and the convolution's shape.
/// </summary>
internal static class ConvolutionPlan
{
    /// <summary>The narrowest lanes for which Winograd's algorithm pays.</summary>
    private const int WinogradLanes = 8;

    /// <summary>What computes y. The kernels of tensor cores add no bias.</summary>
    public static ConvolutionAlgorithm Forward(Device device, in Conv2DSpec spec, bool hasBias) =>
        hasBias ? Portable(device, spec) : Choose(device, FastPath.Convolution, spec, spec);

    /// <summary>What computes dX. By Winograd's algorithm it is the convolution <see cref="Turned"/>.</summary>
    public static ConvolutionAlgorithm InputGradient(Device device, in Conv2DSpec spec) =>
        Choose(device, FastPath.InputGradient, spec, spec.Stride == 1 && Turned(spec).Padding >= 0 ? Turned(spec) : null);

    /// <summary>What computes dW.</summary>
    public static ConvolutionAlgorithm WeightGradient(Device device, in Conv2DSpec spec) =>
        Choose(device, FastPath.WeightGradient, spec, spec);

    /// <summary>At stride 1 the input gradient is a convolution itself: of dY with the turned kernel.</summary>
    public static Conv2DSpec Turned(in Conv2DSpec spec) =>
        new(spec.N, spec.OH, spec.OW, spec.Co, spec.Ci, spec.KH, spec.KW, 1, spec.KH - 1 - spec.Padding);

    private static ConvolutionAlgorithm Choose(Device device, FastPath path, in Conv2DSpec spec, Conv2DSpec? portable) =>
        UsesTensorCores(device, path, spec) ? ConvolutionAlgorithm.TensorCores
        : portable is { } same ? Portable(device, same)
        : ConvolutionAlgorithm.Direct;

    private static ConvolutionAlgorithm Portable(Device device, in Conv2DSpec spec) =>
        UsesWinograd(device.Launcher.Plan, spec) ? ConvolutionAlgorithm.Winograd : ConvolutionAlgorithm.Direct;

    private static bool UsesTensorCores(Device device, FastPath path, in Conv2DSpec spec) =>
        device.Uses(path) && device.Launcher.Plan.MatrixUnits != MatrixUnits.None && spec.Ci % Tile.Channels == 0
        && spec.Co % Tile.Channels == 0;

    /// <summary>
    /// Winograd's algorithm: 3×3 of stride 1, with channels enough that products outweigh transforms, on devices with few threads, each
    /// with a scratch of its own.
    /// </summary>
    private static bool UsesWinograd(LaunchPlan plan, in Conv2DSpec spec) =>
        plan.Contiguous && spec.KH == 3 && spec.KW == 3 && spec.Stride == 1
        && plan.Lanes(spec.Ci) >= WinogradLanes && plan.Lanes(spec.Co) >= WinogradLanes;
}
