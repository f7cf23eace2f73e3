using Idsnn.Engine;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>Metrics in the states of runs, which hold a number for each term of the loss.</summary>
public sealed class MetricsJsonTests
{
    private const string Earlier =
        """
        {"finished":[],"current":{"network":"student","results":[{"epoch":1,"learning_rate":0.05,
        "train":{"images":60,"loss":1.5,"cross_entropy":1.25,"distillation":0.0625,"accuracy":0.5},
        "test":{"images":30,"loss":2,"cross_entropy":2,"distillation":0,"accuracy":0.25},
        "images_per_second":100,"seconds":1,"firing_rate":0.125,"gradient_norm":3.5}],"step":2,
        "sums":{"images":32,"loss":64,"cross_entropy":48,"distillation":"NaN","correct":7,"not_finite":0,"skipped":1},
        "seconds":3,"trained":null},"teacher_hash":null}
        """;

    [Test]
    public void StatesOfEarlierBuildsAreRead()
    {
        var position = Read(Earlier).Current;

        Assert.That(position.Results[0].Train, Is.EqualTo(new Metrics(60, 1.5, Tiny.Terms(1.25, 0.0625), 0.5)));
        Assert.That(position.Sums, Is.EqualTo(new MetricTotals(32, 64, Tiny.Terms(48, double.NaN), 7, 0, 1)));
        Assert.That(position.Results[0].Test.Terms[LossTerm.Distillation], Is.Zero);
    }

    [Test]
    public void WhatIsWrittenIsRead()
    {
        var file = new SafetensorsFile();
        var position = Read(Earlier);
        position.Into(file);
        var again = RunPosition.From(file, "state");

        Assert.That(again.Current.Sums, Is.EqualTo(position.Current.Sums));
        Assert.That(again.Current.Results, Is.EqualTo(position.Current.Results));
    }

    [TestCase("\"images\":60", "\"images\":-1", "'current.results[0].train.images' is -1, expected 0 or more")]
    [TestCase("\"images\":60", "\"images\":1.5", "'images' is 1.5, expected a whole number")]
    [TestCase("\"images\":60", "\"images\":3e9", "'images' is 3000000000, expected a whole number")]
    [TestCase("\"loss\":1.5", "\"loss\":\"much\"", "'loss' is no number")]
    [TestCase("\"loss\":1.5", "\"loss\":null", "'loss' is no number")]
    [TestCase("\"train\":{", "\"train\":[{", "an object of numbers was expected")]
    public void DamageIsNamed(string was, string becomes, string message) => Assert.That(
        () => Read(Earlier.Replace(was, becomes, StringComparison.Ordinal)),
        Throws.TypeOf<InvalidDataException>().With.Message.Contains(message)
            .And.Message.StartsWith("state: the state of the run is damaged"));

    private static RunPosition Read(string json)
    {
        var file = new SafetensorsFile { Metadata = { ["idsnn-run"] = json } };
        return RunPosition.From(file, "state");
    }
}
