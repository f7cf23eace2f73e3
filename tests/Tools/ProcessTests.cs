namespace Idsnn.Tests.Tools;

/// <summary>The command as a user starts it: what reaches the two streams and the exit code.</summary>
[Category("Slow")]
public class ProcessTests
{
    private static string Trace =>
        Path.Combine(TestContext.CurrentContext.TestDirectory, "fixtures", "spiking18-batch1.safetensors");

    [Test]
    public void ReplayOnTheDeviceThatTheEnvironmentNames()
    {
        var outcome = CommandLine.Start("cpu", "replay", "--trace", Trace);

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(outcome.Out, Does.Contain("\"device\": \"cpu\"").And.Contain("\"passed\": true"));
    }

    [Test]
    public void TheVersionIsTheProjects()
    {
        // Behind a + comes the commit, where the build knows it.
        var outcome = CommandLine.Start(null, "--version");
        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(outcome.Out, Does.Match(@"^idsnn-train 0\.1\.0(\+[0-9a-f]+)?\s*$"));
    }

    [Test]
    public void WrongInputGoesToStandardErrorWithCodeTwo()
    {
        var outcome = CommandLine.Start(null, "train", "--lr", "-1");

        BadInput.IsRefused(outcome, "--lr must be above 0 and finite, got -1");
        Assert.That(outcome.Out, Is.Empty);
    }

    [Test]
    public void AnUnknownDeviceInTheEnvironmentIsNamed()
    {
        BadInput.IsRefused(CommandLine.Start("abacus", "bench"), "device 'abacus' is not a device name");

        var devices = CommandLine.Start("abacus", "devices");
        Assert.That((devices.Code, devices.Errors), Is.EqualTo((0, "")));
        Assert.That(devices.Out, Does.Contain("IDSNN_DEVICE is 'abacus', which chooses none: device 'abacus' is not a device name"));
    }

    [Test]
    [Platform("Linux", Reason = "/dev/full is Linux's")]
    public void AFullDiskIsNamed()
    {
        var outcome = CommandLine.Start("cpu", "replay", "--trace", Trace, "--json", "/dev/full");

        BadInput.IsRefused(outcome, "No space left on device");
    }
}
