namespace Idsnn.Tests;

/// <summary>A device that is absent shows here, once, as skipped with the reason; no test ran on it.</summary>
public class DevicesPresentTests
{
    private static IEnumerable<string> Names => TestDevices.Kinds().Select(kind => kind.Name);

    [TestCaseSource(nameof(Names))]
    public void IsPresent(string name)
    {
        if (TestDevices.Kinds().Single(kind => kind.Name == name).Obstacle is { } obstacle) Assert.Ignore(obstacle);
        Assert.That(TestDevices.Get(name).Info.Obstacle, Is.Null);
    }
}
