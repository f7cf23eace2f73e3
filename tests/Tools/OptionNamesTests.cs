using System.Reflection;
using CommandLine;
using Idsnn.Tools.Train;
using Idsnn.Training;

namespace Idsnn.Tests.Tools;

/// <summary>The settings of a training as options.</summary>
public class OptionNamesTests
{
    [Test]
    public void TrainTakesEverySettingAndAttributesHoldNoDefaultOfTheirs()
    {
        var options = TrainVerb.Options.All.Where(option => option.Setting is not null).ToList();

        Assert.That(options.Select(option => option.Name), Is.EquivalentTo(RunSettings.All.Select(setting => setting.Key)));
        foreach (var option in options)
        {
            Assert.That(option.Property.GetCustomAttribute<OptionAttribute>()!.Default, Is.Null, option.Name);
            Assert.That(option.Property.PropertyType, Is.EqualTo(typeof(string)), option.Name);
        }
    }

    [Test]
    public void HelpShowsTheDefaults()
    {
        string help = CommandLine.Run("train", "--help").Out;
        foreach (var (key, value) in RunSettings.Write(new RunSpec()))
        {
            bool flag = RunSettings.Find(key)!.IsFlag;
            Assert.That(help, Does.Match($@"(?m)^  (-\w, )?--{key} +{(flag ? string.Empty : $@"\(Default: {value}\) ")}[^(\s]"), key);
        }

        string bench = CommandLine.Run("bench", "--help").Out;
        Assert.That(bench, Does.Contain("(Default: 16) Images per step.").And.Contain("(Default: 4) Time-steps"));
    }

    [TestCase("it broke; lower the learning rate; its batch is kept", "it broke; lower the learning rate (--lr); its batch is kept")]
    [TestCase("lower the firing threshold or the learning rate, or start from the teacher",
        "lower the firing threshold (--threshold) or the learning rate (--lr), or start from the teacher (--init prefix)")]
    [TestCase("raise the width of the surrogate", "raise the width of the surrogate (--surrogate-width)")]
    [TestCase("lower the learning rate (--lr)", "lower the learning rate (--lr)")]
    [TestCase("download CIFAR-100, or not", "download CIFAR-100 (download --dataset cifar100 --data-path FOLDER), or not")]
    [TestCase("the learning rates", "the learning rates")]
    public void AdviceGetsItsOptions(string message, string expected) => Assert.That(OptionNames.In(message), Is.EqualTo(expected));

    [Test]
    public void ATraceIsShownWhereItIsAskedFor([Values("1", null)] string? asked)
    {
        try
        {
            Environment.SetEnvironmentVariable(Cli.TraceVariable, asked);
            var outcome = CommandLine.Run("train", "--lr", "-1");
            Assert.That(outcome.Code, Is.EqualTo(2));
            Assert.That(outcome.Errors, Does.StartWith("error: --lr must be above 0 and finite, got -1"));
            Assert.That(outcome.Errors, asked is null ? Does.Not.Contain(" at Idsnn.") : Does.Contain(" at Idsnn."));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Cli.TraceVariable, null);
        }
    }
}
