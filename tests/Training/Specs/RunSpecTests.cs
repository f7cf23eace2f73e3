using System.Reflection;
using System.Text.Json;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>A training as a value, and as config.json writes it.</summary>
public class RunSpecTests
{
    /// <summary>Every member that can be set, of the record and of those in it, such as Student.Neuron.Decay.</summary>
    private static IEnumerable<string> Members => Leaves(typeof(RunSpec), string.Empty);

    /// <summary>Fails where a member has no setting, so that none is lost between a run and its resumption.</summary>
    [TestCaseSource(nameof(Members))]
    public void EveryMemberSurvivesConfigJson(string member)
    {
        foreach (object? value in Others(member))
        {
            var spec = Set(new RunSpec(), member, value);
            string[] differing = [.. RunSettings.Differing(spec, new RunSpec()).Select(setting => setting.Key)];
            var read = Reread(spec);

            Assert.That(differing, Has.Length.EqualTo(1), "one setting has it");
            Assert.That(Get(read, member), Is.EqualTo(value));
            Assert.That(read, Is.EqualTo(spec));
        }
    }

    [Test]
    public void AllMembersTogetherSurvive()
    {
        var spec = Members.Aggregate(new RunSpec(), (s, member) => Set(s, member, Others(member).First()));
        Assert.That(Reread(spec), Is.EqualTo(spec));
    }

    [Test]
    public void EachSettingHasAMemberOfItsOwn()
    {
        Assert.That(RunSettings.All.Select(setting => setting.Key), Is.Unique);
        Assert.That(RunSettings.All.Select(setting => setting.Quantity), Is.Unique);
        Assert.That(RunSettings.All, Has.Count.EqualTo(Members.Count()));
    }

    [Test]
    public void TheDefaultsAreThePapers()
    {
        var written = RunSettings.Write(new RunSpec());
        Assert.That(
            string.Join(' ', written.Select(entry => $"{entry.Key}={entry.Value}")),
            Is.EqualTo(
                "ac-pj=0.9 attach-reset=false augment=cropflip batch-size=64 beta1=0.9 beta2=0.999 bn-gamma=1 "
                + "checkpoint-minutes=5 clip-norm=0 cutmix=0 cutout=0 "
                + "data-path=data dataset=synthetic ema=0 encoder=direct epochs=200 epsilon=1E-08 fires-at-threshold=false "
                + "init=prefix initial-membrane=0 kd-alpha=0.3 kd-features=0 kd-temperature=4 "
                + "label-smoothing=0 lr=0.05 lr-milestones=60,120,160 mac-pj=4.6 "
                + "model=spiking-resnet18 momentum=0.9 nesterov=false neuron=lif "
                + "no-vector-decay=false on-nonfinite=stop optimizer=sgd per-step=false pooling=max "
                + "recipe=paper reset=hard schedule=multistep seed=0 "
                + "shortcuts=random stage=pipeline stem-padding=1 surrogate=rectangle surrogate-width=0.5 "
                + "teacher=resnet34 threshold=0.5 timesteps=4 warmup-epochs=0 weight-decay=0.0001 workers=2"));
    }

    [Test]
    public void WhatIsWrongIsSaidInWordsAndInWhateverNames()
    {
        var e = Assert.Throws<SettingException>(() => (new RunSpec() with { Epochs = -1 }).Validate())!;
        Assert.That(e.Message, Is.EqualTo("the number of epochs must be at least 0, got -1"));
        Assert.That(e.Says(setting => $"<{setting.Key}>"), Is.EqualTo("<epochs> must be at least 0, got -1"));
        Assert.That(
            () => RunSettings.Rate.With(new RunSpec(), "0,1"),
            Throws.InstanceOf<SettingException>()
                .With.Message.EqualTo("the learning rate: '0,1' is not a number (write decimals with a point)"));
        Assert.That(
            () => RunSettings.Read(new Dictionary<string, string> { ["rate"] = "1" }),
            Throws.ArgumentException.With.Message.EqualTo("there is no setting 'rate'"));
    }

    [Test]
    public void AStudentIsTheNetworkThatItsMembersSay()
    {
        var spiking = Of(new StudentSpec { Model = "sew-resnet34", Width = 3, Timesteps = 2, StemPadding = 3 });
        var ordinary = Of(new StudentSpec { Model = "resnet18", Timesteps = 2 });

        Assert.That(spiking, Is.EqualTo(new ModelSpec(ModelKind.Sew, 34, 3, 5, 3, 2, new Neuron())));
        Assert.That((ordinary.Timesteps, ordinary.Neuron), Is.EqualTo((1, (Neuron?)null)));
    }

    private static ModelSpec Of(StudentSpec student) => new RunSpec { Student = student }.StudentModel(5);

    private static RunSpec Reread(RunSpec spec)
    {
        var config = new RunConfig(
            "1", null, "now", [], new RunDevice("cpu", "CPU"), new RunDataset("some", 1, 1, ["a", "b"], "0"), null, null,
            RunSettings.Write(spec));
        return JsonSerializer.Deserialize(JsonSerializer.Serialize(config, RunJson.Default.RunConfig), RunJson.Default.RunConfig)!.ToSpec();
    }

    private static IEnumerable<string> Leaves(Type type, string prefix) =>
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.CanWrite
        from leaf in IsRecord(property.PropertyType) ? Leaves(property.PropertyType, $"{prefix}{property.Name}.") : [prefix + property.Name]
        select leaf;

    private static bool IsRecord(Type type) => type.IsClass && type.Namespace!.StartsWith(nameof(Idsnn), StringComparison.Ordinal);

    /// <summary>Values that a member may have and does not have by default.</summary>
    private static IEnumerable<object?> Others(string member)
    {
        object? now = Get(new RunSpec(), member);
        var type = TypeOf(member);
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            if (now is not null) yield return null;
            type = inner;
        }

        if (type.IsEnum)
        {
            foreach (object value in Enum.GetValues(type).Cast<object>().Where(value => !value.Equals(now))) yield return value;
            yield break;
        }

        object?[] others = type switch
        {
            _ when type == typeof(bool) => [!(bool)now!],
            _ when type == typeof(int) => [(int?)now + 1 ?? 7],
            _ when type == typeof(ulong) => [ulong.MaxValue],
            _ when type == typeof(float) => [((float?)now ?? 0f) + (1f / 3), 1e-7f],
            _ when type == typeof(double) => [(double)now! + 1.0 / 3, 1e-7],
            _ when type == typeof(string) => [" other=1 ", "a,b"],
            _ => [(IReadOnlyList<int>)[3, 5], (IReadOnlyList<int>)[]],
        };
        foreach (object? value in others) yield return value;
    }

    private static Type TypeOf(string member) =>
        member.Split('.').Aggregate(typeof(RunSpec), (type, name) => type.GetProperty(name)!.PropertyType);

    private static object? Get(object owner, string member) =>
        member.Split('.').Aggregate((object?)owner, (value, name) => value!.GetType().GetProperty(name)!.GetValue(value));

    private static RunSpec Set(RunSpec spec, string member, object? value) => (RunSpec)Copy(spec, member.Split('.'), value);

    private static object Copy(object owner, ReadOnlySpan<string> path, object? value)
    {
        var property = owner.GetType().GetProperty(path[0])!;
        object copy = owner.GetType().GetMethod("<Clone>$")!.Invoke(owner, null)!;
        property.SetValue(copy, path.Length == 1 ? value : Copy(property.GetValue(owner)!, path[1..], value));
        return copy;
    }
}
