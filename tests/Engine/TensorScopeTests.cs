using Idsnn.Engine;

namespace Idsnn.Tests;

public sealed class TensorScopeTests(string name) : DeviceTests(name)
{
    [Test]
    public void TheInnermostScopeDisposesWhatWasMadeInIt()
    {
        Tensor outer, inner;
        using (Device.Scope())
        {
            outer = Tensor.Full(Device, [2], 1f);
            using (Device.Scope()) inner = Ops.Scale(outer, 2f);
            Assert.That(() => inner.ToArray(), Throws.InstanceOf<ObjectDisposedException>());
            Assert.That(outer.ToArray(), Is.EqualTo(new[] { 1f, 1f }));
            inner = Ops.Scale(outer, 3f);
        }

        Assert.That(() => outer.ToArray(), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => inner.ToArray(), Throws.InstanceOf<ObjectDisposedException>(), "made after the inner scope, in the outer");
    }

    [Test]
    public void ParametersAndPersistentTensorsOutliveScopes()
    {
        Tensor parameter, persistent;
        using (Device.Scope())
        {
            parameter = Tensor.Parameter(Device, [1], [1f]);
            persistent = Tensor.Persistent(Device, [1], [2f]);
        }

        Assert.That((parameter.Item(), persistent.Item()), Is.EqualTo((1f, 2f)));
        parameter.Dispose();
        persistent.Dispose();
    }

    [Test]
    public void GradientsOutliveTheScopeOfTheirStep()
    {
        using var parameter = Tensor.Parameter(Device, [1], [1f]);
        using (Device.Scope())
        {
            using var tape = new Tape();
            tape.Backward(Ops.Scale(Ops.Add(parameter, parameter), 3f));
        }

        Assert.That(parameter.Gradient!.Item(), Is.EqualTo(6f));
    }

    [Test]
    public void EarlyDisposalIsHarmless()
    {
        long before = Device.Memory.InUseBytes;
        using (Device.Scope()) Tensor.Full(Device, [2], 1f).Dispose();
        Assert.That(Device.Memory.InUseBytes, Is.EqualTo(before));
    }
}
