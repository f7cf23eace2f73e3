namespace Idsnn.Engine;

/// <summary>
/// The differentiable operations. Each file holds one: its shape rule, the public method, and below it the node with what it saves and
/// its backward. Layout is NHWC with time folded into the batch, [T·N, H, W, C].
/// </summary>
public static partial class Ops
{
    /// <summary>a + b, of equal shapes; spikes plus spikes stay whole numbers in bytes (SEW), up to 255.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Add(Tensor a, Tensor b)
    {
        Require.OneDevice("Add", a.Device, b.Device);
        Require.That(a.Shape == b.Shape, $"Add: the shapes {a.Shape} and {b.Shape} differ");
        var y = a.IsSpikeBytes && b.IsSpikeBytes ? AddSpikes(a, b) : IsPacked(a) || IsPacked(b) ? AddPacked(a, b) : AddFloats(a, b);
        return Tape.Records(a, b) ? Tape.Record(y, new AddNode(a, b)) : y;
    }

    /// <summary>a · scale.</summary>
    public static Tensor Scale(Tensor a, float scale)
    {
        var y = ScaleBy(a, scale, null);
        return Tape.Records(a) ? Tape.Record(y, new ScaleNode(a, scale)) : y;
    }

    /// <summary>max(x, 0).</summary>
    public static Tensor Relu(Tensor x)
    {
        var y = Tensor.Empty(x.Device, x.Shape, x.Kind);
        if (x.Kind == ElementKind.BFloat16) x.Device.Launcher.Run(new ReluOctets(x.BFloat16, y.BFloat16), x.Octets);
        else RunElementwise(y, new ReluForward(x.PaddedView, y.PaddedView));
        return Tape.Records(x) ? Tape.Record(y, new ReluNode(x, y)) : y;
    }

    private static bool IsPacked(Tensor x) => x.Kind is ElementKind.BFloat16 or ElementKind.SpikeBits;

    private static Tensor AddPacked(Tensor a, Tensor b)
    {
        using var left = ToBFloat16(a);
        var y = Tensor.Empty(a.Device, a.Shape, ElementKind.BFloat16);
        AddInto(left, b, y);
        return y;
    }

    private static Tensor AddSpikes(Tensor a, Tensor b)
    {
        var y = Tensor.EmptySpikes(a.Device, a.Shape);
        RunElementwise(y, new AddSpikes(a.SpikeView, b.SpikeView, y.SpikeView));
        return y;
    }

    private static Tensor AddFloats(Tensor a, Tensor b)
    {
        using Tensor x = ToFloats(a), z = ToFloats(b);
        return AddInto(x, z, Tensor.Empty(a.Device, a.Shape));
    }

    /// <summary>a + b without recording it, into <paramref name="target"/> or a new tensor.</summary>
    internal static Tensor AddInto(Tensor a, Tensor b, Tensor? target)
    {
        var y = target ?? Tensor.Untracked(a.Device, a.Shape, a.Kind);
        if (a.Kind == ElementKind.BFloat16)
        {
            if (b.Kind == ElementKind.SpikeBits) y.Device.Launcher.Run(new AddOctets<BitOctets>(a.BFloat16, b.Bits, y.BFloat16), y.Octets);
            else
            {
                using var right = ToBFloat16(b);
                y.Device.Launcher.Run(new AddOctets<BFloat16Octets>(a.BFloat16, right.BFloat16, y.BFloat16), y.Octets);
            }
        }
        else
        {
            using var right = ToFloats(b);
            RunElementwise(y, new Add(a.PaddedView, right.PaddedView, y.PaddedView));
        }

        return y;
    }

    /// <summary>a · scale · factor without recording it; the factor is a scalar on the device.</summary>
    private static Tensor ScaleBy(Tensor a, float scale, Tensor? factor)
    {
        var y = Tensor.Empty(a.Device, a.Shape);
        using var one = factor is null ? Tensor.Full(a.Device, [1], 1f) : null;
        RunElementwise(y, new Scale(a.PaddedView, y.PaddedView, scale, (factor ?? one!).View));
        return y;
    }

    private static void RunElementwise<K>(Tensor y, in K kernel)
        where K : struct, ILaneKernel
    {
        var launcher = y.Device.Launcher;
        launcher.Run(kernel, launcher.Plan.Lanes(16), y.LaneItems);
    }

    private sealed class AddNode(Tensor a, Tensor b) : Node(a, b)
    {
        protected override void Backward(Tensor dY)
        {
            Give(0, dY);
            Give(1, dY);
        }
    }

    private sealed class ScaleNode(Tensor a, float scale) : Node(a)
    {
        protected override void Backward(Tensor dY)
        {
            using var dA = ScaleBy(dY, scale, null);
            Give(0, dA);
        }
    }

    private sealed class ReluNode : Node
    {
        private readonly Tensor y;

        public ReluNode(Tensor x, Tensor y)
            : base(x) => this.y = Save(y);

        protected override void Backward(Tensor dY)
        {
            using var dX = Tensor.Empty(y.Device, y.Shape, y.Kind);
            if (y.Kind == ElementKind.BFloat16)
            {
                y.Device.Launcher.Run(new ReluBackwardOctets(y.BFloat16, dY.BFloat16, dX.BFloat16), y.Octets);
            }
            else RunElementwise(dX, new ReluBackward(y.PaddedView, dY.PaddedView, dX.PaddedView));
            Give(0, dX);
        }
    }
}
