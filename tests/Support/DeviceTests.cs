using Idsnn.Engine;

namespace Idsnn.Tests;

/// <summary>
/// The base of fixtures that run on a device. Every test has a tensor scope of its own and fails if memory is still in use after it.
/// </summary>
[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public abstract class DeviceTests(string name)
{
    private TensorScope? scope;
    private long before;

    /// <summary>The device under test.</summary>
    protected Device Device => TestDevices.Get(name);

    /// <summary>Opens the test's scope.</summary>
    [SetUp]
    public void OpenScope()
    {
        before = Device.Memory.InUseBytes;
        scope = Device.Scope();
    }

    /// <summary>Closes the test's scope and looks for leaks.</summary>
    [TearDown]
    public void CloseScope()
    {
        scope?.Dispose();
        Assert.That(Device.Memory.InUseBytes, Is.EqualTo(before), "bytes in use after the test");
    }

    /// <summary>A tensor of the test's scope.</summary>
    protected Tensor From(Shape shape, params ReadOnlySpan<float> elements) => Tensor.From(Device, shape, elements);
}
