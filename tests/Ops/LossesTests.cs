using CsCheck;
using Idsnn.Engine;

namespace Idsnn.Tests;

public sealed class LossesTests(string name) : DeviceTests(name)
{
    private static readonly Gen<(int N, int K)> Sizes = Gen.Select(Gen.Int[1, 9], Gen.OneOf(2, 3, 10, 16, 100));

    [Test]
    public void CrossEntropy([Values(0f, 0.1f, 0.6f)] float smoothing) => Property.Holds(Sizes, 6, s =>
    {
        var draw = new Draw((s.N * 1000) + s.K);
        int[] classes = [.. Enumerable.Range(0, s.N).Select(_ => draw.Index(s.K))];
        using var labels = new Labels(Device, classes);
        GradientCheck.Run(
            Device,
            t => Ops.CrossEntropy(t[0], labels, smoothing),
            t => [LossReference.CrossEntropy(t[0], classes, smoothing)],
            draw.Operand("logits", [s.N, s.K], -3f, 3f));
    });

    [Test]
    public void DistillationLoss([Values(1f, 4f, 0.5f)] float temperature) => Property.Holds(Sizes, 6, s =>
    {
        const float weight = 2.8f;
        var draw = new Draw((s.N * 1000) + s.K);
        int[] classes = [.. Enumerable.Range(0, s.N).Select(_ => draw.Index(s.K))];
        float[] teacher = draw.Fill([s.N, s.K], -3f, 3f);
        using var labels = new Labels(Device, classes);
        GradientCheck.Run(
            Device,
            t => Ops.DistillationLoss(t[0], labels, From([s.N, s.K], teacher), weight, temperature).Total,
            t =>
                [LossReference.CrossEntropy(t[0], classes, 0) + (
                    weight * LossReference.Distillation(t[0], teacher.Widen(), s.N, temperature))],
            draw.Operand("student", [s.N, s.K], -3f, 3f));
    });

    [Test]
    public void CrossEntropyOfMixedLabels([Values(0f, 0.2f)] float smoothing, [Values(1, 3)] int timesteps) => Property.Holds(Sizes, 6, s =>
    {
        var draw = new Draw((s.N * 1000) + s.K);
        int[] first = [.. Enumerable.Range(0, s.N).Select(_ => draw.Index(s.K))], second = [.. first.Select(_ => draw.Index(s.K))];
        float[] shares = draw.Fill([s.N], 0f, 1f);
        shares[0] = 0f;
        using var labels = new Labels(Device, first, second, shares);
        GradientCheck.Run(
            Device,
            t => Ops.CrossEntropy(t[0], labels, smoothing, timesteps),
            t => [t[0].Chunk(s.N * s.K).Average(step => LossReference.CrossEntropy(step, first, second, shares, smoothing))],
            draw.Operand("logits", [timesteps * s.N, s.K], -3f, 3f));
        float[] teacher = draw.Fill([s.N, s.K], -3f, 3f);
        GradientCheck.Run(
            Device,
            t => Ops.DistillationLoss(t[0], labels, From([s.N, s.K], teacher), 0.5f, 2f, smoothing, timesteps).Total,
            t =>
            [
                t[0].Chunk(s.N * s.K).Average(step => LossReference.CrossEntropy(step, first, second, shares, smoothing)
                    + (0.5 * LossReference.Distillation(step, teacher.Widen(), s.N, 2))),
            ],
            draw.Operand("student", [timesteps * s.N, s.K], -3f, 3f));
    });

    [Test]
    public void LossesOfEachTimestepAreAveraged() => Property.Holds(Sizes, 6, s =>
    {
        const int timesteps = 4;
        var draw = new Draw((s.N * 1000) + s.K);
        int[] classes = [.. Enumerable.Range(0, s.N).Select(_ => draw.Index(s.K))];
        float[] teacher = draw.Fill([s.N, s.K], -3f, 3f);
        using var labels = new Labels(Device, classes);
        GradientCheck.Run(
            Device,
            t => Ops.CrossEntropy(t[0], labels, 0.1f, timesteps),
            t => [t[0].Chunk(s.N * s.K).Average(step => LossReference.CrossEntropy(step, classes, 0.1))],
            draw.Operand("logits", [timesteps * s.N, s.K], -3f, 3f));
        GradientCheck.Run(
            Device,
            t => Ops.DistillationLoss(t[0], labels, From([s.N, s.K], teacher), 2f, 3f, 0.1f, timesteps).Total,
            t =>
            [
                t[0].Chunk(s.N * s.K).Average(step => LossReference.CrossEntropy(step, classes, 0.1)
                    + (2 * LossReference.Distillation(step, teacher.Widen(), s.N, 3))),
            ],
            draw.Operand("student", [timesteps * s.N, s.K], -3f, 3f));
    });

    [Test]
    public void AWholeShareIsAPlainLabelToTheBit([Values(0f, 0.1f)] float smoothing)
    {
        float[] logits = new Draw(5).Fill([7, 10], -3f, 3f);
        int[] classes = [0, 1, 2, 3, 4, 5, 9];
        using var plain = new Labels(Device, classes);
        using var mixed = new Labels(Device, classes, [9, 9, 9, 9, 9, 9, 9], [1, 1, 1, 1, 1, 1, 1]);
        float[][] Results(Labels labels)
        {
            using var x = Tensor.Parameter(Device, [7, 10], logits);
            using var tape = new Tape();
            var loss = Ops.CrossEntropy(x, labels, smoothing);
            tape.Backward(loss);
            return [loss.ToArray(), x.Gradient!.ToArray()];
        }

        Assert.That(Results(mixed), Is.EqualTo(Results(plain)));
    }

    [Test]
    public void MixedLabelsAreChecked()
    {
        Failure.Says(
            "Labels: 2 labels need as many second labels and shares, got 1 and 2", () => _ = new Labels(Device, [0, 1], [0], [1, 1]));
        Failure.Says(
            "Labels: 2 labels need as many second labels and shares, got 2 and 0", () => _ = new Labels(Device, [0, 1], [0, 1], []));
        Failure.Says("Labels: a share lies in [0, 1], got 1.5", () => _ = new Labels(Device, [0], [0], [1.5f]));
        Failure.Says("Labels: a share lies in [0, 1], got NaN", () => _ = new Labels(Device, [0], [0], [float.NaN]));
        Failure.Says("Labels: a label is a class's index from 0 on, got -1", () => _ = new Labels(Device, [0], [-1], [1]));
        using var labels = new Labels(Device, [0, 0], [0, 2], [1f, 1f]);
        Failure.Says(
            "CrossEntropy: label 2 is not below the 2 classes of logits [2, 2]",
            () => Ops.CrossEntropy(Tensor.Full(Device, [2, 2], 1f), labels));
    }

    [Test]
    public void ReplacedLabelsAreTheNewOnes()
    {
        var logits = From([2, 2], 1f, 0f, 0f, 1f);
        using var labels = new Labels(Device, [2, 0]);
        labels.CopyFrom([0, 1]);
        Assert.That(Ops.CountCorrect(logits, labels).Item(), Is.EqualTo(2f), "their largest is 1");
        Failure.Says("Labels: 1 labels where 2 are to be replaced", () => labels.CopyFrom([0]));

        using var mixed = new Labels(Device, [0, 0], [1, 1], [0f, 1f]);
        mixed.CopyFrom([1, 0], [0, 1], [1f, 0f]);
        double expected = LossReference.CrossEntropy([1, 0, 0, 1], [1, 1], 0);
        Assert.That(Ops.CrossEntropy(logits, mixed).Item(), Is.EqualTo(expected).Within(1e-6), "each is of class 1");
        Failure.Says("Labels: 2 labels need as many second labels and shares, got 0 and 0", () => mixed.CopyFrom([1, 0]));
    }

    [Test]
    public void LabelsAreGivenBackOnce()
    {
        long before = Device.Memory.InUseBytes;
        var labels = new Labels(Device, [0]);
        labels.Dispose();
        labels.Dispose();
        Assert.That(Device.Memory.InUseBytes, Is.EqualTo(before));
        Assert.That(
            () => Ops.CountCorrect(From([1, 2], 1f, 0f), labels),
            Throws.InstanceOf<ObjectDisposedException>().With.Message.Contains("the labels were disposed"));
    }

    [Test]
    public void ALossThatIsScaledAndAddedScalesItsGradient()
    {
        var draw = new Draw(1);
        using var labels = new Labels(Device, [1, 0]);
        float[] teacher = draw.Fill([2, 3]);
        GradientCheck.Run(
            Device,
            t => Ops.Add(
                Ops.Scale(Ops.CrossEntropy(t[0], labels), 0.3f),
                Ops.Scale(Ops.DistillationLoss(t[0], labels, From([2, 3], teacher), 1f, 2f).Total, 2.8f)),
            t => [(3.1 * LossReference.CrossEntropy(t[0], [1, 0], 0)) + (2.8 * LossReference.Distillation(t[0], teacher.Widen(), 2, 2))],
            draw.Operand("logits", [2, 3]));
    }

    [Test]
    public void TheTeacherGetsNoGradient()
    {
        using var student = Tensor.Parameter(Device, [1, 2], [0f, 1f]);
        using var teacher = Tensor.Parameter(Device, [1, 2], [1f, 0f]);
        using var labels = new Labels(Device, [0]);
        using var tape = new Tape();
        tape.Backward(Ops.DistillationLoss(student, labels, teacher, 1f, 1f).Total);
        Assert.That(student.Gradient, Is.Not.Null);
        Assert.That(teacher.Gradient, Is.Null);
    }

    [Test]
    public void SquaredDistance([Values(1, 3)] int rows, [Values(1, 5, 16)] int width)
    {
        var draw = new Draw(rows + width);
        float[] target = draw.Fill([rows, width]);
        GradientCheck.Run(
            Device,
            t => Ops.SquaredDistance(t[0], From([rows, width], target)),
            t => [LossReference.SquaredDistance(t[0], target.Widen(), rows)],
            draw.Operand("x", [rows, width], -3f, 3f));
    }

    /// <summary>Spikes of two steps, two images and two channels; KDSNN's term without an aligner is 0.3125 over two images.</summary>
    [Test]
    public void SquaredDistanceOfAWorkedExample()
    {
        var spikes = Ops.MeanOverTime(From([4, 2], 1, 0, 0, 1, 1, 1, 0, 0), 2);
        Assert.That(Ops.SquaredDistance(spikes, From([2, 2], 1.5f, 0.5f, 0f, 0.25f)).Item(), Is.EqualTo(0.15625f));
    }

    [Test]
    public void TensorsAreConcatenatedInOrder() =>
        Assert.That(
            Ops.Concatenate([From([1], 3f), From([2], 1f, 2f), From([1, 3], 4f, 5f, 6f)]).ToArray(),
            Is.EqualTo(new[] { 3f, 1, 2, 4, 5, 6 }));

    [Test]
    public void SumsHaveAPlaceForEachTerm([Values(1, 3)] int terms)
    {
        using var sums = Tensor.Full(Device, [terms + 4], 0f);
        float[] values = [.. Enumerable.Range(1, terms).Select(i => (float)i)];
        for (int i = 0; i < 2; i++) Ops.AddStep(sums, From([1], 10f), From([terms], values), From([1], 2f), 4);
        Assert.That(sums.ToArray(), Is.EqualTo((float[])[80f, .. values.Select(value => 8 * value), 4f, 0f, 2f]));
        Failure.Says(
            $"AddStep: sums of {terms} terms must be [{terms + 4}], got [2]",
            () => Ops.AddStep(From([2], 0f, 0f), From([1], 1f), From([terms], values), From([1], 1f), 1));
    }

    [Test]
    public void EqualLogitsDistilNothing()
    {
        using var labels = new Labels(Device, [1, 0]);
        var logits = From([2, 3], new Draw(2).Fill([2, 3]));
        var (total, terms) = Ops.DistillationLoss(logits, labels, logits, 7f, 4f);
        Assert.That(terms.ToArray()[1], Is.Zero);
        Assert.That(total.Item(), Is.EqualTo(terms.ToArray()[0]));
    }

    [Test]
    public void TheTermsOfADistillationLossAreThoseOfManyRows([Values(1, 3)] int timesteps)
    {
        const int images = 101;
        var draw = new Draw(4);
        float[] logits = draw.Fill([timesteps * images, 10], -3f, 3f), teacher = draw.Fill([images, 10], -3f, 3f);
        int[] classes = [.. Enumerable.Range(0, images).Select(n => n % 10)];
        using var labels = new Labels(Device, classes);
        float[] Terms()
        {
            var (total, parts) = Ops.DistillationLoss(
                From([timesteps * images, 10], logits), labels, From([images, 10], teacher), 4.8f, 4f, 0.1f, timesteps);
            return [total.Item(), .. parts.ToArray()];
        }

        float[] terms = Terms();
        double ce = logits.Widen().Chunk(images * 10).Average(step => LossReference.CrossEntropy(step, classes, 0.1));
        double kl = logits.Widen().Chunk(images * 10).Average(step => LossReference.Distillation(step, teacher.Widen(), images, 4));
        Close.To([ce + (4.8 * kl), ce, kl], terms, 1e-6, "total, cross-entropy, KL");
        Assert.That(Terms(), Is.EqualTo(terms), "the same bits every time");
    }

    [Test]
    public void HugeLogitsDoNotOverflow()
    {
        using var labels = new Labels(Device, [1]);
        var logits = From([1, 3], 1000f, 0f, -1000f);
        Assert.That(Ops.CrossEntropy(logits, labels).Item(), Is.EqualTo(1000f));
        float[] terms = Ops.DistillationLoss(logits, labels, From([1, 3], 0f, 0f, 0f), 1f, 1f).Terms.ToArray();
        Assert.That(terms[0], Is.EqualTo(1000f));
        Assert.That(terms[1], Is.EqualTo(1000f - MathF.Log(3f)).Within(1e-3f));
    }

    [Test]
    public void TheSameBitsEveryTime()
    {
        float[] logits = new Draw(3).Fill([300, 10], -3f, 3f);
        using var labels = new Labels(Device, [.. Enumerable.Range(0, 300).Select(n => n % 10)]);
        float[][] Results()
        {
            using var x = Tensor.Parameter(Device, [300, 10], logits);
            using var tape = new Tape();
            var loss = Ops.CrossEntropy(x, labels, 0.1f);
            tape.Backward(loss);
            return [loss.ToArray(), x.Gradient!.ToArray()];
        }

        float[][] first = Results();
        Assert.That(Results(), Is.EqualTo(first));
        Assert.That(
            first[0][0],
            Is.EqualTo(LossReference.CrossEntropy(logits.Widen(), [.. Enumerable.Range(0, 300).Select(n => n % 10)], 0.1)).Within(1e-5));
    }

    [Test]
    public void CountCorrectTakesTheFirstOfEquals()
    {
        using var labels = new Labels(Device, [1, 0, 1, 2]);
        var logits = From([4, 3], 0f, 1f, 0.5f, /**/ 2f, 2f, 0f, /**/ 2f, 2f, 0f, /**/ -3f, -2f, -1f);
        Assert.That(Ops.CountCorrect(logits, labels).Item(), Is.EqualTo(3f));
    }

    [Test]
    public void AccumulateAddsInPlace()
    {
        using var total = Tensor.Full(Device, [1], 1.5f);
        Ops.Accumulate(total, From([1], 2f));
        Ops.Accumulate(total, From([1], 3f));
        Assert.That(total.Item(), Is.EqualTo(6.5f));
    }

    [Test]
    public void StepsAddUpByTheirImages()
    {
        using var sums = Tensor.Full(Device, [6], 0f);
        Ops.AddStep(sums, From([1], 3f), From([2], 2f, 1f), From([1], 4f), images: 8);
        Ops.AddStep(sums, From([1], 0.5f), From([2], 0.5f, 0f), From([1], 1f), images: 2);
        Assert.That(sums.ToArray(), Is.EqualTo(new[] { 25f, 17f, 8f, 5f, 0f, 2f }));
    }

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    [TestCase(float.NegativeInfinity)]
    public void TheFirstStepThatIsNotFiniteIsKept(float loss)
    {
        using var sums = Tensor.Full(Device, [6], 0f);
        float[] losses = [float.MaxValue, -float.MaxValue, loss, 1f, float.NaN];
        for (int i = 0; i < losses.Length; i++) Ops.AddStep(sums, From([1], losses[i]), From([2], 1f, 0f), From([1], 0f), 1);
        Assert.That(sums.ToArray()[4], Is.EqualTo(3f));
    }

    [TestCase(float.NaN, 1f)]
    [TestCase(1f, float.NaN)]
    [TestCase(1f, float.PositiveInfinity)]
    public void AStepThatIsNotFiniteClosesTheGateForGood(float loss, float squaredNorm)
    {
        using var sums = Tensor.Full(Device, [6], 0f);
        using var gate = new UpdateGate(Device);
        Add(sums, gate, 1f, 1f, skips: false);
        Assert.That(gate.Read().IsOpen, Is.True);
        Add(sums, gate, loss, squaredNorm, skips: false);
        Assert.That((gate.Read().IsOpen, sums.ToArray()[4]), Is.EqualTo((false, 2f)));
        Add(sums, gate, 1f, 1f, skips: false);
        Assert.That((gate.Read().IsOpen, sums.ToArray()[4]), Is.EqualTo((false, 2f)));
    }

    [TestCase(float.NaN, 1f)]
    [TestCase(1f, float.NaN)]
    public void AStepThatIsSkippedAddsNothing(float loss, float squaredNorm)
    {
        using var sums = Tensor.Full(Device, [6], 0f);
        using var gate = new UpdateGate(Device);
        Add(sums, gate, 1f, 1f, skips: true);
        Add(sums, gate, loss, squaredNorm, skips: true);
        Assert.That(gate.Read().IsOpen, Is.False);
        Add(sums, gate, 1f, 1f, skips: true);
        Assert.That(gate.Read().IsOpen, Is.True);
        Assert.That(sums.ToArray(), Is.EqualTo(new[] { 4f, 4f, 0f, 2f, 0f, 3f }));
    }

    [Test]
    public void GradientsWithoutTheirNormAreNotClipped()
    {
        using var gate = new UpdateGate(Device);
        var one = From([1], 1f);
        Failure.Says(
            "AddStep: gradients are clipped by their norm, which is not given",
            () => Ops.AddStep(Tensor.Full(Device, [5], 0f), one, one, one, 1, new UpdateRule(gate, ClipNorm: 1f)));
    }

    private void Add(Tensor sums, UpdateGate gate, float loss, float squaredNorm, bool skips) => Ops.AddStep(
        sums, From([1], loss), From([2], loss, 0f), From([1], 1f), 2, new UpdateRule(gate, From([1], squaredNorm), Skips: skips));

    [Test]
    public void WrongShapesAreRefused()
    {
        using var labels = new Labels(Device, [0, 1]);
        var three = Tensor.Full(Device, [3, 2], 1f);
        var two = Tensor.Full(Device, [2, 3], 1f);
        Failure.Says(
            "CrossEntropy: logits must be [N, K] with one row for each of 2 labels, got [3, 2]", () => Ops.CrossEntropy(three, labels));
        Failure.Says(
            "CountCorrect: logits must be [N, K] with one row for each of 2 labels, got [6]",
            () => Ops.CountCorrect(three.Reshape([6]), labels));
        Failure.Says(
            "CrossEntropy: label 1 is not below the 1 classes of logits [2, 1]",
            () => Ops.CrossEntropy(Tensor.Full(Device, [2, 1], 1f), labels));
        Failure.Says(
            "CrossEntropy: logits must be [T·N, K] with 2 rows for each of 2 labels, got [3, 2]",
            () => Ops.CrossEntropy(three, labels, 0f, 2));
        Failure.Says("CrossEntropy: the number of time-steps must be at least 1, got 0", () => Ops.CrossEntropy(two, labels, 0f, 0));
        Failure.Says("CrossEntropy: label smoothing must lie in [0, 1), got 1", () => Ops.CrossEntropy(two, labels, 1f));
        Failure.Says(
            "DistillationLoss: label smoothing must lie in [0, 1), got 1", () => Ops.DistillationLoss(two, labels, two, 1f, 1f, 1f));
        Failure.Says(
            "DistillationLoss: the teacher's logits must be [2, 3] for the student's [2, 3], got [3, 2]",
            () => Ops.DistillationLoss(two, labels, three, 1f, 1f));
        Failure.Says(
            "DistillationLoss: logits must be [N, K] with one row for each of 2 labels, got [6]",
            () => Ops.DistillationLoss(two.Reshape([6]), labels, two, 1f, 1f));
        Failure.Says("DistillationLoss: the temperature must be above 0, got 0", () => Ops.DistillationLoss(two, labels, two, 1f, 0f));
    }
}
