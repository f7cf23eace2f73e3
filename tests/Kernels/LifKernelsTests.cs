using Idsnn.Engine;
using Idsnn.Kernels;

namespace Idsnn.Tests;

/// <summary>The backward recursion against its double twin, with every lane type over the same sites.</summary>
public sealed class LifKernelsTests(string name) : DeviceTests(name)
{
    [Test]
    public void Backward([Values(1, 4, 8, 16)] int lanes, [Values] bool soft, [Values] bool attach)
    {
        var spec = new LifSpec(5, 48, 0.6f, 0.5f, 0.7f, soft, attach);
        var draw = new Draw(1);
        float[] x = Currents.Clear(draw, spec), dSpikes = draw.Fill([5, 48]);
        var dx = Tensor.Empty(Device, [5, 48]);
        Device.Launcher.Run(
            new LifBackward<ArctanSurrogate>(From([5, 48], x).View, From([5, 48], dSpikes).View, dx.View, spec), lanes, 48 / lanes);
        Close.To(
            LifReference.Backward(x.Widen(), dSpikes.Widen(), spec, (v, width) => ArctanSurrogate.Derivative((float)v, (float)width)),
            dx.ToArray(), 1e-5, "dX");
    }
}
