using CsCheck;
using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Tests.Models;

public class AnnInitializerTests
{
    private static Device Cpu => TestDevices.Get("cpu");

    [Test]
    public void LoopIsTheNaiveDoubleLoop() => Property.Holds(
        Gen.Select(Gen.Int[1, 7], Gen.Int[1, 7], Gen.Int[1, 7], Gen.Int[1, 7], Gen.Int[1, 3]),
        40,
        sizes =>
        {
            var (fromO, fromI, toO, toI, kernel) = sizes;
            float[] source = new Draw(fromO).Fill([fromO, fromI, kernel, kernel]);
            float[] target = AnnInitializer.Loop(source, [fromO, fromI, kernel, kernel], [toO, toI, kernel, kernel]);
            int at = 0;
            for (int o = 0; o < toO; o++)
            {
                for (int i = 0; i < toI; i++)
                {
                    for (int k = 0; k < kernel * kernel; k++)
                    {
                        float expected = source[((((o % fromO) * fromI) + (i % fromI)) * kernel * kernel) + k];
                        Assert.That(target[at++], Is.EqualTo(expected), $"[{o}, {i}, {k}]");
                    }
                }
            }

            Assert.That(target, Has.Length.EqualTo(at));
        });

    [Test]
    public void LoopOfAVectorRepeatsIt() => Assert.Multiple(() =>
    {
        Assert.That(AnnInitializer.Loop([1, 2, 3], [3], [5]), Is.EqualTo(new float[] { 1, 2, 3, 1, 2 }));
        Assert.That(AnnInitializer.Loop([1, 2, 3], [3], [2]), Is.EqualTo(new float[] { 1, 2 }));
    });

    // Student blocks, teacher blocks, source of each student block.
    [TestCase(BlockMapping.Prefix, 2, 6, new[] { 0, 1 })]
    [TestCase(BlockMapping.Prefix, 6, 2, new[] { 0, 1, 1, 1, 1, 1 })]
    [TestCase(BlockMapping.Prefix, 3, 3, new[] { 0, 1, 2 })]
    [TestCase(BlockMapping.Even, 2, 3, new[] { 0, 2 })]
    [TestCase(BlockMapping.Even, 2, 6, new[] { 0, 5 })]
    [TestCase(BlockMapping.Even, 3, 4, new[] { 0, 2, 3 })]
    [TestCase(BlockMapping.Even, 4, 4, new[] { 0, 1, 2, 3 })]
    [TestCase(BlockMapping.Even, 6, 23, new[] { 0, 4, 9, 13, 18, 22 })]
    [TestCase(BlockMapping.Even, 6, 2, new[] { 0, 0, 0, 1, 1, 1 })]
    [TestCase(BlockMapping.Even, 1, 6, new[] { 0 })]
    public void SourceBlocks(BlockMapping mapping, int student, int teacher, int[] expected) => Assert.That(
        Enumerable.Range(0, student).Select(j => AnnInitializer.SourceBlock(j, student, teacher, mapping)), Is.EqualTo(expected));

    [Test]
    public void EverythingComesFromTheTeacherButShortcutsAndClassifier(
        [Values] ShortcutInit shortcuts, [Values] BlockMapping mapping, [Values(2, 3)] int width)
    {
        using var teacher = Taught(Nets.Spec(ModelKind.Ann, 34, 2));
        using var student = Network.Create(Cpu, Nets.Spec(ModelKind.Spiking, 18, width), seed: 2);
        var (before, source) = (student.Save(), teacher.Save());
        var report = AnnInitializer.Initialize(student, teacher, mapping, shortcuts);
        var after = student.Save();
        foreach (var (name, tensor) in after.Where(t => t.Value.Floats is not null))
        {
            bool random = name.StartsWith("fc.", StringComparison.Ordinal)
                || (shortcuts == ShortcutInit.Random && name.Contains("downsample", StringComparison.Ordinal));
            var line = report.Transfers.Single(t => t.Target == name);
            if (random)
            {
                Assert.That(tensor.Floats, Is.EqualTo(before[name].Floats), name);
                Assert.That(line, Is.EqualTo(new Transfer(name, tensor.Shape, null, null, TransferKind.Random) { Block = line.Block }));
                continue;
            }

            // By hand: the last block of each stage of ResNet-34 where the mapping spreads, its second where it does not.
            int stage = name.StartsWith("layer", StringComparison.Ordinal) ? name[5] - '1' : -1;
            int last = stage < 0 || mapping == BlockMapping.Prefix ? 1 : ((int[])[2, 3, 5, 2])[stage];
            string from = name.Replace(".1.", $".{last}.", StringComparison.Ordinal);
            if (name.Contains("downsample", StringComparison.Ordinal)) from = name;
            var expected = source[from];
            Assert.That(tensor.Floats, Is.EqualTo(AnnInitializer.Loop(expected.Floats, expected.Shape, tensor.Shape)), name);
            Assert.That(line.Source, Is.EqualTo(from));
            Assert.That(line.SourceShape, Is.EqualTo(expected.Shape));
            Assert.That(line.Kind, Is.EqualTo(width == 2 ? TransferKind.Copied : TransferKind.Looped), name);
        }

        Assert.That(report.Transfers, Has.Count.EqualTo(after.Values.Count(t => t.Floats is not null)));
        Assert.That(after["layer1.0.bn1.num_batches_tracked"].Integers, Is.EqualTo(source["layer1.0.bn1.num_batches_tracked"].Integers));
    }

    [Test]
    public void AStudentDeeperThanItsTeacherRepeatsTheLastBlock()
    {
        using var teacher = Taught(Nets.Spec(ModelKind.Ann, 18));
        using var student = Network.Create(Cpu, Nets.Spec(ModelKind.Sew, 34), seed: 2);
        AnnInitializer.Initialize(student, teacher, BlockMapping.Prefix, ShortcutInit.Random);

        Assert.That(student.Save()["layer3.5.conv2.weight"].Floats, Is.EqualTo(teacher.Save()["layer3.1.conv2.weight"].Floats));
    }

    [TestCase(BlockMapping.Prefix, "features.0,features.4,features.8,features.11,features.15,features.18,features.22,features.25",
        "features.0,features.7,features.14,features.17,features.24,features.27,features.34,features.37")]
    [TestCase(BlockMapping.Even, "features.0,features.4,features.8,features.11,features.15,features.18,features.22,features.25",
        "features.0,features.7,features.14,features.20,features.24,features.30,features.34,features.40")]
    public void VggTakesEachStageFromTheTeachersStage(BlockMapping mapping, string targets, string sources)
    {
        using var teacher = Taught(Nets.Vgg(ModelKind.Ann, 16));
        using var student = Network.Create(Cpu, Nets.Vgg(ModelKind.Spiking, 11, width: 3), seed: 2);
        var report = AnnInitializer.Initialize(student, teacher, mapping, ShortcutInit.Random);
        var (after, source) = (student.Save(), teacher.Save());
        foreach (var (to, from) in targets.Split(',').Zip(sources.Split(',')))
        {
            var expected = source[$"{from}.weight"];
            var tensor = after[$"{to}.weight"];
            Assert.That(tensor.Floats, Is.EqualTo(AnnInitializer.Loop(expected.Floats, expected.Shape, tensor.Shape)), to);
        }

        Assert.That(report.Totals, Is.EqualTo("0 copied, 40 looped, 2 random"), "the classifier alone stays");
    }

    [Test]
    public void AFamilyIsNoStartForAnother()
    {
        Failure.Says(
            "cannot initialise spiking-vgg11 from resnet18: a student takes its weights from a teacher of its own family with as many "
                + "stages, "
            + "and spiking-vgg11 is a Vgg of 5 stages, resnet18 a ResNet of 4; "
            + "take such a teacher, or start the student from random weights",
            () => AnnInitializer.RequireFit(
                Nets.Vgg(ModelKind.Spiking), Nets.Spec(ModelKind.Ann), BlockMapping.Prefix, ShortcutInit.Random));
        Failure.Says(
            "cannot initialise spiking-resnet20 from resnet34: a student takes its weights from a teacher of its own family with as many "
                + "stages, "
            + "and spiking-resnet20 is a ResNet of 3 stages, resnet34 a ResNet of 4; "
            + "take such a teacher, or start the student from random weights",
            () => AnnInitializer.RequireFit(
                Nets.Spec(ModelKind.Spiking, 20), Nets.Spec(ModelKind.Ann, 34), BlockMapping.Prefix, ShortcutInit.Random));
    }

    [Test]
    public void TheReportCountsAndListsEveryTensor()
    {
        using var teacher = Taught(Nets.Spec(ModelKind.Ann, 34, 2));
        using var student = Network.Create(Cpu, Nets.Spec(ModelKind.Spiking, 18, 3), seed: 2);
        var report = AnnInitializer.Initialize(student, teacher, BlockMapping.Even, ShortcutInit.Random);
        string[] lines = report.ToString().Split(Environment.NewLine);

        // 17 convolutions with their batch-norms' four vectors; three shortcuts and the classifier stay.
        Assert.That(report.Totals, Is.EqualTo("0 copied, 85 looped, 17 random"));
        Assert.That(lines, Has.Length.EqualTo(103));
        Assert.That(lines[^1], Is.EqualTo(report.Totals));
        Assert.That(lines, Has.One.EqualTo(
            "looped  layer3.1.conv1.weight [12, 12, 3, 3]                     ← layer3.5.conv1.weight [8, 8, 3, 3]"));
        Assert.That(lines, Has.One.EqualTo("random  fc.bias [10]"));
    }

    [Test]
    public void TheSummaryHasALineForEachBlock()
    {
        using var teacher = Taught(Nets.Spec(ModelKind.Ann, 34, 2));
        using var student = Network.Create(Cpu, Nets.Spec(ModelKind.Spiking, 18, 3), seed: 2);
        string[] lines = AnnInitializer.Initialize(student, teacher, BlockMapping.Even, ShortcutInit.Random).Summary.Split(
            Environment.NewLine);

        Assert.That(lines, Is.EqualTo(new[]
        {
            "conv1        ← conv1        5 looped",
            "layer1.0     ← layer1.0     10 looped",
            "layer1.1     ← layer1.2     10 looped",
            "layer2.0     ← layer2.0     10 looped, 5 random",
            "layer2.1     ← layer2.3     10 looped",
            "layer3.0     ← layer3.0     10 looped, 5 random",
            "layer3.1     ← layer3.5     10 looped",
            "layer4.0     ← layer4.0     10 looped, 5 random",
            "layer4.1     ← layer4.2     10 looped",
            "fc                          2 random",
            "0 copied, 85 looped, 17 random",
        }));
    }

    [TestCase(18, 50, "spiking-resnet18's layer1.0.conv1 [2, 2, 3, 3] from resnet50's layer1.0.conv1 [2, 2, 1, 1]")]
    [TestCase(50, 34, "spiking-resnet50's layer1.0.conv1 [2, 2, 1, 1] from resnet34's layer1.0.conv1 [2, 2, 3, 3]")]
    public void AnotherFamilyIsRefusedAndChangesNothing(int studentDepth, int teacherDepth, string layers)
    {
        using var teacher = Network.Create(Cpu, Nets.Spec(ModelKind.Ann, teacherDepth), seed: 1);
        using var student = Network.Create(Cpu, Nets.Spec(ModelKind.Spiking, studentDepth), seed: 2);
        var before = student.Save();

        Failure.Says(
            $"cannot initialise {layers}: kernel sizes differ; take a teacher of the same family "
            + "(18 and 34 are basic, 50, 101 and 152 bottleneck)",
            () => AnnInitializer.Initialize(student, teacher, BlockMapping.Prefix, ShortcutInit.Copy));
        foreach (var (name, tensor) in student.Save()) Assert.That(tensor.Floats, Is.EqualTo(before[name].Floats), name);
    }

    /// <summary>A network whose batch-norm vectors are not all alike, as after training.</summary>
    private static INetwork Taught(ModelSpec spec)
    {
        var net = Network.Create(Cpu, spec, seed: 1);
        var draw = new Draw(3);
        foreach (var entry in net.State())
        {
            if (entry.Counter is not null) entry.Counter.Value = 7;
            else entry.Tensor!.CopyFrom(draw.Fill(entry.Tensor.Shape, 0.1f, 1f));
        }

        return net;
    }
}
