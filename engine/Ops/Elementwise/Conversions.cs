namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>Any elements as float32. Not recorded: a node's gradient comes in the kind that suits its output anyway.</summary>
    /// <returns>A tensor of the caller's.</returns>
    internal static Tensor ToFloats(Tensor x)
    {
        if (x.Kind == ElementKind.Full) return x.Share(x.Shape);
        var y = Tensor.Untracked(x.Device, x.Shape);
        switch (x.Kind)
        {
            case ElementKind.Spikes: RunElementwise(y, new SpikesToFloats(x.SpikeView, y.PaddedView)); break;
            case ElementKind.SpikeBits: x.Device.Launcher.Run(new OctetsToFloats<BitOctets>(x.Bits, y.PaddedView), x.Octets); break;
            default: x.Device.Launcher.Run(new OctetsToFloats<BFloat16Octets>(x.BFloat16, y.PaddedView), x.Octets); break;
        }

        return y;
    }

    /// <summary>Any elements as bf16. Not recorded.</summary>
    /// <returns>A tensor of the caller's.</returns>
    internal static Tensor ToBFloat16(Tensor x)
    {
        if (x.Kind == ElementKind.BFloat16) return x.Share(x.Shape);
        var y = Tensor.Untracked(x.Device, x.Shape, ElementKind.BFloat16);
        var launcher = x.Device.Launcher;
        switch (x.Kind)
        {
            case ElementKind.Spikes:
                launcher.Run(new OctetsToBFloat16<ByteOctets>(new ByteOctets(x.SpikeView), y.BFloat16), x.Octets);
                break;
            case ElementKind.SpikeBits:
                launcher.Run(new OctetsToBFloat16<BitOctets>(x.Bits, y.BFloat16), x.Octets);
                break;
            default:
                launcher.Run(new OctetsToBFloat16<FloatOctets>(new FloatOctets(x.PaddedView), y.BFloat16), x.Octets);
                break;
        }

        return y;
    }

    /// <summary>Zeros and ones as spikes in bits. Not recorded.</summary>
    /// <returns>A tensor of the caller's.</returns>
    internal static Tensor ToBits(Tensor x)
    {
        var y = Tensor.Untracked(x.Device, x.Shape, ElementKind.SpikeBits);
        x.Device.Launcher.Run(new OctetsToBits(new FloatOctets(x.PaddedView), y.Bits), x.Octets);
        return y;
    }

    /// <summary>The elements as the gradients of such elements are kept: bf16 for bf16 and spikes in bits, else float32.</summary>
    internal static Tensor ToGradientOf(ElementKind kind, Tensor gradient) =>
        kind is ElementKind.BFloat16 or ElementKind.SpikeBits ? ToBFloat16(gradient) : ToFloats(gradient);

    /// <summary>Elements in the kind that a device of this precision keeps activations of that many channels in.</summary>
    private static Tensor ToActivation(Tensor y, int channels)
    {
        if (y.Kind != ElementKind.Full || !Packs(y.Device, channels)) return y;
        using (y)
        using (var packed = ToBFloat16(y)) return Tensor.Adopt(packed);
    }

    /// <summary>Whether activations of that many channels are bf16 and their spikes bits: whole words of 32.</summary>
    private static bool Packs(Device device, int channels) => device.Precision == Precision.BFloat16 && channels % 32 == 0;
}
