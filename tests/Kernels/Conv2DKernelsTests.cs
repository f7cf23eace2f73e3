using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

/// <summary>What the op tests do not force: each lane type whatever the device prefers, and given numbers of slices.</summary>
public sealed class Conv2DKernelsTests(string name) : DeviceTests(name)
{
    private static readonly Conv2DSpec Spec = new(2, 7, 5, 32, 32, 3, 2, 2, 1);

    [Test]
    public void PackingPutsLanesInnermost([Values] bool swap, [Values(1, 4, 8)] int lanes, [Values(1, 8)] int forwardLanes)
    {
        var s = new Conv2DSpec(1, 4, 4, 8, 16, 3, 2, 1, 0);
        float[] weight = [.. Enumerable.Range(0, 16 * 8 * 6).Select(i => (float)i)];
        var packed = swap ? Swap(Pack(weight, s, forwardLanes), s, lanes, forwardLanes) : Pack(weight, s, lanes);
        var expected = new List<float>();
        int outer = swap ? s.Ci : s.Co, inner = swap ? s.Co : s.Ci;
        foreach (var (group, tap) in Loop.Over(outer / lanes, s.Taps))
        {
            foreach (var (i, lane) in Loop.Over(inner, lanes))
            {
                int o = (group * lanes) + lane;
                expected.Add((tap * s.Ci * s.Co) + (swap ? (o * s.Co) + i : (i * s.Co) + o));
            }
        }

        Assert.That(packed.ToArray(), Is.EqualTo(expected));
    }

    [Test]
    public void Forward([Values(1, 4, 8, 16, 32)] int lanes)
    {
        var draw = new Draw(1);
        var (x, weight, bias) = (draw.Fill([Spec.N, Spec.H, Spec.W, Spec.Ci]), Weights(draw), draw.Fill([Spec.Co]));
        var y = Tensor.Empty(Device, [Spec.N, Spec.OH, Spec.OW, Spec.Co]);
        Device.Launcher.Run(
            new Conv2DForward(
                From([x.Length], x).View, Pack(weight, Spec, lanes).View, From([Spec.Co], bias).View,
                Tensor.Full(Device, [Spec.Ci], 0f).View, y.View, Spec),
            lanes, (Spec.N * Spec.OH * Spec.OW + 7) / 8 * (Spec.Co / lanes));
        Close.To(Conv2DReference.Forward(x.Widen(), weight.Widen(), bias.Widen(), Spec), y.ToArray(), 1e-6, "y");
    }

    [Test]
    public void InputGradient([Values(1, 4, 8, 16, 32)] int lanes)
    {
        var draw = new Draw(2);
        var (dy, weight) = (draw.Fill([Spec.N, Spec.OH, Spec.OW, Spec.Co]), Weights(draw));
        var dx = Tensor.Full(Device, [Spec.N, Spec.H, Spec.W, Spec.Ci], float.NaN);
        foreach (var (h, w) in Loop.Over(Spec.Stride, Spec.Stride))
        {
            var phase = new Phase(h, w, (Spec.H - h + 1) / 2, (Spec.W - w + 1) / 2);
            Device.Launcher.Run(
                new Conv2DInputGradient(
                    From([dy.Length], dy).View, Swap(Pack(weight, Spec, 4), Spec, lanes, 4).View, Tensor.Full(Device, [Spec.Co], 0f).View,
                    dx.View, Spec, phase),
                lanes, (Spec.N * phase.Rows * phase.Columns + 7) / 8 * (Spec.Ci / lanes));
        }

        Close.To(Conv2DReference.InputGradient(dy.Widen(), weight.Widen(), Spec), dx.ToArray(), 1e-6, "dX");
    }

    [Test]
    public void WeightGradient([Values(1, 4, 8, 16, 32)] int lanes, [Values(1, 3, 4, 100)] int sliceRows)
    {
        var draw = new Draw(3);
        float[] x = draw.Fill([Spec.N, Spec.H, Spec.W, Spec.Ci]), dy = draw.Fill([Spec.N, Spec.OH, Spec.OW, Spec.Co]);
        int slices = ((Spec.N * Spec.OH) + sliceRows - 1) / sliceRows;
        var partial = Tensor.Full(Device, [slices, Spec.Taps, Spec.Ci, Spec.Co], float.NaN);
        var dw = Tensor.Empty(Device, [Spec.KH, Spec.KW, Spec.Ci, Spec.Co]);
        Device.Launcher.Run(
            new Conv2DWeightGradient(From([x.Length], x).View, From([dy.Length], dy).View, partial.View, Spec, sliceRows),
            lanes, slices * Spec.Taps * (Spec.Ci / Conv2DWeightGradient.Channels) * (Spec.Co / lanes));
        Device.Launcher.Run(new SumRows(partial.View, dw.View, slices, dw.Shape.Size, slices), lanes, dw.Shape.Size / lanes);
        Close.To(Conv2DReference.WeightGradient(x.Widen(), dy.Widen(), Spec), dw.ToArray(), 1e-6, "dW");
    }

    private static float[] Weights(Draw draw) => draw.Fill([Spec.KH, Spec.KW, Spec.Ci, Spec.Co]);

    private Tensor Pack(float[] weight, Conv2DSpec s, int lanes)
    {
        var packed = Tensor.Empty(Device, [weight.Length]);
        Device.Launcher.Run(new Conv2DPack(From([weight.Length], weight).View, packed.View, s), lanes, weight.Length / lanes);
        return packed;
    }

    private Tensor Swap(Tensor panels, Conv2DSpec s, int lanes, int forwardLanes)
    {
        var swapped = Tensor.Empty(Device, panels.Shape);
        Device.Launcher.Run(
            new SwapPanels(panels.View, forwardLanes, swapped.View, s.Taps, s.Ci, s.Co, false),
            lanes,
            s.Ci / lanes * s.Taps * (s.Co / forwardLanes));
        return swapped;
    }
}
