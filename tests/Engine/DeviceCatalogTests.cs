using Idsnn.Engine;

namespace Idsnn.Tests;

public sealed class DeviceCatalogTests
{
    private const string Use = "is not a device name; use auto, cuda[:i], opencl[:i] or cpu";

    [TestCase("gpu")]
    [TestCase("cpu:0")]
    [TestCase("auto:1")]
    [TestCase("cuda:")]
    [TestCase("cuda:x")]
    [TestCase("opencl:-1")]
    [TestCase("opencl:0:0")]
    public void WrongNamesAreRefused(string name) => Failure.Says($"device '{name}' {Use}", () => DeviceCatalog.Open(name).Dispose());

    [TestCase("cuda:99")]
    [TestCase("opencl:99")]
    public void AbsentDevicesAreRefused(string name)
    {
        // Where the driver is missing, what it lacks is said at once.
        string? obstacle = DeviceCatalog.List().FirstOrDefault(d => d.Id == name.Split(':')[0])?.Obstacle;
        string why = obstacle is null ? "; run 'devices' to see what is, and why the rest is not" : $": {obstacle}";
        Failure.Says(
            $"device '{name}' is not here{why}",
            () => DeviceCatalog.Open(name).Dispose());
    }

    [Test]
    public void CaseAndSpacesDoNotMatter()
    {
        using var device = DeviceCatalog.Open(" CPU ");
        Assert.That((device.Info.Id, device.Info.Kind, device.Info.Obstacle), Is.EqualTo(("cpu", DeviceKind.Cpu, (string?)null)));
    }

    [Test]
    public void TheVariableNamesTheDeviceWhereNothingElseDoes()
    {
        string? before = Environment.GetEnvironmentVariable(DeviceCatalog.Variable);
        try
        {
            Environment.SetEnvironmentVariable(DeviceCatalog.Variable, "cpu");
            using var device = DeviceCatalog.Open();
            Assert.That(device.Info.Kind, Is.EqualTo(DeviceKind.Cpu));
            Environment.SetEnvironmentVariable(DeviceCatalog.Variable, "nonsense");
            Failure.Says($"device 'nonsense' {Use}", () => DeviceCatalog.Open("").Dispose());
        }
        finally
        {
            Environment.SetEnvironmentVariable(DeviceCatalog.Variable, before);
        }
    }

    [Test]
    public void TheListHasEveryKindOrSaysWhyNot()
    {
        var list = DeviceCatalog.List();
        Assert.That(list, Is.Ordered.By(nameof(DeviceInfo.Kind)));
        Assert.That(list.Select(d => d.Id.Split(':')[0]), Is.SupersetOf(new[] { "cuda", "opencl", "cpu" }));
        Assert.That(list.Where(d => d.ComputeUnits == 0).Select(d => d.Obstacle), Is.All.Not.Empty);
        Assert.That(list.Single(d => d.Kind == DeviceKind.Cpu).ComputeUnits, Is.EqualTo(Environment.ProcessorCount));
    }

    [Test]
    public void AutoTakesTheFirstThatCanBeUsed()
    {
        using var device = DeviceCatalog.Open("auto");
        Assert.That(device.Info.Id, Is.EqualTo(DeviceCatalog.List().First(d => d.Obstacle is null).Id));
    }
}
