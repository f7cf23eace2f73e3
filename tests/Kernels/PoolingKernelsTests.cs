using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

/// <summary>Windows that overlap, meet, leave gaps and leave a rest at the edge, with every lane type.</summary>
public sealed class PoolingKernelsTests(string name) : DeviceTests(name)
{
    [Test]
    public void Backward([Values(1, 4, 8, 16)] int lanes, [Values(1, 2, 3)] int kernel, [Values(1, 2, 3)] int stride)
    {
        var spec = new Pool2DSpec(2, 8, 7, 16, kernel, kernel, stride);
        float[] dy = new Draw(kernel).Fill([spec.N, spec.OH, spec.OW, spec.C]);
        var dx = Tensor.Empty(Device, [spec.N, spec.H, spec.W, spec.C]);
        Device.Launcher.Run(
            new AveragePool2DBackward(From([dy.Length], dy).View, dx.View, spec), lanes, spec.N * spec.H * spec.W * (spec.C / lanes));
        Close.To(PoolingReference.Backward(dy.Widen(), spec), dx.ToArray(), 1e-6, "dX");
    }
}
