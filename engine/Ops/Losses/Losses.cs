namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>Mean cross-entropy of softmax(logits) and the labels.</summary>
    /// <param name="logits">[N, K], or [T·N, K] for each time-step (Deng et al. 2022, TET); the mean is over all rows.</param>
    /// <param name="labels">[N], each below K; mixed ones count by their shares.</param>
    /// <param name="smoothing">Label smoothing ε in [0, 1): targets are (1 − ε)·onehot + ε/K.</param>
    /// <param name="timesteps">T, where logits come for each time-step.</param>
    /// <returns>[1].</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static Tensor CrossEntropy(Tensor logits, Labels labels, float smoothing = 0f, int timesteps = 1)
    {
        RequireTargets("CrossEntropy", logits, labels, smoothing, timesteps);
        int rows = logits.Shape[0];
        using var losses = Tensor.Empty(logits.Device, [rows]);
        using var gradient = Tensor.Empty(logits.Device, logits.Shape);
        logits.Device.Launcher.Run(
            new CrossEntropy(logits.View, labels.Views, losses.View, gradient.View, SpecOf(logits, labels, smoothing)), rows);
        var loss = ColumnSums(losses, 1);
        return Tape.Records(logits) ? Tape.Record(loss, new LossNode(logits, gradient)) : loss;
    }

    /// <summary>
    /// The loss of a student that learns from labels and from a teacher (Eqs. 7 and 8): cross-entropy + weight·KL(softmax(teacher/T) ‖
    /// softmax(student/T)), both means over the rows.
    /// </summary>
    /// <param name="student">[N, K] logits, or [steps·N, K] for each time-step; the gradient goes here alone.</param>
    /// <param name="labels">[N], each below K; mixed ones count by their shares.</param>
    /// <param name="teacher">[N, K] logits of the frozen teacher: the target distribution, of every time-step.</param>
    /// <param name="weight">Of the KL term: α·T² in Eq. 8.</param>
    /// <param name="temperature">T, above 0.</param>
    /// <param name="smoothing">Label smoothing of the cross-entropy, in [0, 1).</param>
    /// <param name="timesteps">The number of steps, where the student's logits come for each.</param>
    /// <returns>The loss, [1]; and the cross-entropy and the KL before its weight, [2], which are not recorded.</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static (Tensor Total, Tensor Terms) DistillationLoss(
        Tensor student, Labels labels, Tensor teacher, float weight, float temperature, float smoothing = 0f, int timesteps = 1)
    {
        RequireTargets("DistillationLoss", student, labels, smoothing, timesteps);
        Require.That(
            teacher.Shape == [labels.Count, student.Shape[1]],
            $"DistillationLoss: the teacher's logits must be [{labels.Count}, {student.Shape[1]}] for the student's {student.Shape}, got "
                + $"{teacher.Shape}");
        Require.That(temperature > 0f, $"DistillationLoss: the temperature must be above 0, got {temperature}");
        Require.OneDevice("DistillationLoss", student.Device, teacher.Device);
        var (device, launcher) = (student.Device, student.Device.Launcher);
        int rows = student.Shape[0], chunks = (rows + SumRows.Run - 1) / SumRows.Run;
        using Tensor losses = Tensor.Empty(device, [rows, 2]), sums = Tensor.Empty(device, [chunks, 2]);
        using var gradient = Tensor.Empty(device, student.Shape);
        Tensor total = Tensor.Empty(device, [1]), terms = Tensor.Empty(device, [2]);
        launcher.Run(
            new DistillationLoss(
                student.View, teacher.View, labels.Views, losses.View, gradient.View, SpecOf(student, labels, smoothing), weight,
                temperature),
            rows);
        launcher.Run(new SumRows(losses.View, sums.View, rows, 2, SumRows.Run), 1, 2 * chunks);
        launcher.Run(new DistillationSums(sums.View, total.View, terms.View.SubView(0, 1), terms.View.SubView(1, 1), chunks, weight), 1);
        if (Tape.Records(student)) Tape.Record(total, new LossNode(student, gradient));
        return (total, terms);
    }

    /// <summary>The mean over rows of ‖x − target‖², of which x alone has a gradient.</summary>
    /// <param name="x">[N, C].</param>
    /// <param name="target">[N, C].</param>
    /// <returns>[1].</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static Tensor SquaredDistance(Tensor x, Tensor target)
    {
        Require.OneDevice("SquaredDistance", x.Device, target.Device);
        Require.That(
            x.Shape.Rank == 2 && x.Shape == target.Shape,
            $"SquaredDistance: x and target must be [N, C] of one shape, got {x.Shape} and {target.Shape}");
        int rows = x.Shape[0];
        using Tensor left = ToFloats(x), right = ToFloats(target);
        using Tensor losses = Tensor.Empty(x.Device, [rows]), gradient = Tensor.Empty(x.Device, x.Shape);
        x.Device.Launcher.Run(
            new SquaredDistance(left.View, right.View, losses.View, gradient.View, rows, x.Shape[1]), rows);
        var loss = ColumnSums(losses, 1);
        return Tape.Records(x) ? Tape.Record(loss, new LossNode(x, gradient)) : loss;
    }

    /// <summary>The elements of all tensors, one after the other, [elements]; not recorded.</summary>
    public static Tensor Concatenate(IReadOnlyList<Tensor> tensors)
    {
        var device = tensors[0].Device;
        foreach (var tensor in tensors) Require.OneDevice("Concatenate", device, tensor.Device);
        var y = Tensor.Empty(device, [tensors.Sum(tensor => tensor.Shape.Size)]);
        int at = 0;
        foreach (var tensor in tensors)
        {
            int count = tensor.Shape.Size;
            device.Launcher.Run(new CopyElements(tensor.View, y.View.SubView(at, count)), count);
            at += count;
        }

        return y;
    }

    /// <summary>How many rows have their largest logit at the label, the first one where labels are mixed, [1].</summary>
    public static Tensor CountCorrect(Tensor logits, Labels labels)
    {
        RequireRows("CountCorrect", logits, labels);
        using var correct = Tensor.Empty(logits.Device, [logits.Shape[0]]);
        logits.Device.Launcher.Run(new TopOne(logits.View, labels.View, correct.View, logits.Shape[1]), logits.Shape[0]);
        return ColumnSums(correct, 1);
    }

    /// <summary>total += value, of one shape, without recording it and without waiting for the device: a running sum.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void Accumulate(Tensor total, Tensor value)
    {
        Require.OneDevice("Accumulate", total.Device, value.Device);
        Require.That(total.Shape == value.Shape, $"Accumulate: total {total.Shape} and value {value.Shape} differ");
        AddInto(total, value, total);
        total.Changed();
    }

    /// <summary>
    /// Adds a step's losses and hits to running sums, without recording it and without waiting for the device, and decides about the
    /// update that follows.
    /// </summary>
    /// <param name="sums">[terms + 4]; see <see cref="StepSums"/>.</param>
    /// <param name="loss">The loss, [1].</param>
    /// <param name="terms">What it is made of, [terms].</param>
    /// <param name="correct">Hits, [1].</param>
    /// <param name="images">Images of the step.</param>
    /// <param name="update">How the gate of the update is set; null where none follows.</param>
    /// <exception cref="ArgumentException">The sums' shape, or gradients that are to be clipped and whose norm is not given.</exception>
    public static void AddStep(Tensor sums, Tensor loss, Tensor terms, Tensor correct, int images, UpdateRule? update = null)
    {
        Require.OneDevice("AddStep", sums.Device, loss.Device, terms.Device, correct.Device);
        int count = terms.Shape.Size;
        Require.That(sums.Shape == [count + 4], $"AddStep: sums of {count} terms must be [{count + 4}], got {sums.Shape}");
        Require.That(
            update is null or { ClipNorm: 0f } or { SquaredNorm: not null },
            $"AddStep: gradients are clipped by their norm, which is not given");
        sums.Device.Launcher.Run(
            new StepSums(
                loss.View, terms.View, correct.View, (update?.SquaredNorm ?? loss).View, sums.View,
                update?.Gate.OnDevice ?? new GradientGate(sums.View),
                new StepSpec(images, count, update is not null, update?.Skips ?? false, update?.ClipNorm ?? 0f)),
            1);
    }

    private static void RequireRows(string op, Tensor logits, Labels labels, int timesteps = 1)
    {
        Require.OneDevice(op, logits.Device, labels.Device);
        Require.That(timesteps >= 1, $"{op}: the number of time-steps must be at least 1, got {timesteps}");
        Require.That(
            logits.Shape.Rank == 2 && logits.Shape[0] == timesteps * labels.Count,
            $"{op}: logits must be {(timesteps == 1 ? "[N, K] with one row" : $"[T·N, K] with {timesteps} rows")} for each of "
                + $"{labels.Count} labels, got {logits.Shape}");
        Require.That(
            labels.Largest < logits.Shape[1],
            $"{op}: label {labels.Largest} is not below the {logits.Shape[1]} classes of logits {logits.Shape}");
    }

    private static void RequireTargets(string op, Tensor logits, Labels labels, float smoothing, int timesteps)
    {
        RequireRows(op, logits, labels, timesteps);
        Require.That(smoothing is >= 0f and < 1f, $"{op}: label smoothing must lie in [0, 1), got {smoothing}");
    }

    private static CrossEntropySpec SpecOf(Tensor logits, Labels labels, float smoothing) =>
        new(logits.Shape[0], labels.Count, logits.Shape[1], smoothing, labels.AreMixed);

    /// <summary>A loss whose gradient was computed with it; backward scales it.</summary>
    private sealed class LossNode : Node
    {
        private readonly Tensor gradient;

        public LossNode(Tensor logits, Tensor gradient)
            : base(logits) => this.gradient = Save(gradient);

        protected override void Backward(Tensor dY)
        {
            using var dLogits = ScaleBy(gradient, 1f, dY);
            Give(0, dLogits);
        }
    }
}
