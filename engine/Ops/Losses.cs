using Idsnn.Kernels;

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
        RequireRows("CrossEntropy", logits, labels, timesteps);
        Require.That(smoothing is >= 0f and < 1f, $"CrossEntropy: label smoothing must lie in [0, 1), got {smoothing}");
        int rows = logits.Shape[0], classes = logits.Shape[1];
        using var losses = Tensor.Empty(logits.Device, [rows]);
        using var gradient = Tensor.Empty(logits.Device, logits.Shape);
        var spec = new CrossEntropySpec(rows, labels.Count, classes, smoothing, labels.AreMixed);
        logits.Device.Launcher.Run(
            new CrossEntropy(logits.View, labels.View, labels.SecondView, labels.ShareView, losses.View, gradient.View, spec), rows);
        return LossOf(logits, losses, gradient);
    }

    /// <summary>Knowledge distillation (Eq. 7): KL(softmax(teacher/T) ‖ softmax(student/T)), mean over the rows.</summary>
    /// <param name="student">[N, K] logits, or [steps·N, K] for each time-step; the gradient goes here alone.</param>
    /// <param name="teacher">[N, K] logits of the frozen teacher: the target distribution, of every time-step.</param>
    /// <param name="temperature">T, above 0.</param>
    /// <param name="timesteps">The number of steps, where the student's logits come for each.</param>
    /// <returns>[1]; not yet multiplied by T² (Eq. 8).</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static Tensor Distillation(Tensor student, Tensor teacher, float temperature, int timesteps = 1)
    {
        Require.That(student.Shape.Rank == 2, $"Distillation: logits must be [N, K], got {student.Shape}");
        Require.That(
            teacher.Shape.Rank == 2 && student.Shape == [timesteps * teacher.Shape[0], teacher.Shape[1]],
            $"Distillation: student {student.Shape} and teacher {teacher.Shape} differ{(timesteps == 1 ? "" : $" by more than {timesteps} time-steps")}");
        Require.That(temperature > 0f, $"Distillation: the temperature must be above 0, got {temperature}");
        int rows = student.Shape[0], classes = student.Shape[1];
        using var losses = Tensor.Empty(student.Device, [rows]);
        using var gradient = Tensor.Empty(student.Device, student.Shape);
        student.Device.Launcher.Run(
            new Distillation(student.View, teacher.View, losses.View, gradient.View, rows, teacher.Shape[0], classes, temperature), rows);
        return LossOf(student, losses, gradient);
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
    public static void Accumulate(Tensor total, Tensor value) => AddInto(total, value, total);

    /// <summary>Adds a step's losses and hits to running sums, without recording it and without waiting for the device.</summary>
    /// <param name="sums">[6]; see <see cref="StepSums"/>.</param>
    /// <param name="loss">[1], as are the next three.</param>
    /// <param name="crossEntropy">Its cross-entropy.</param>
    /// <param name="distillation">Its KL term, or null.</param>
    /// <param name="correct">Hits.</param>
    /// <param name="images">Images of the step.</param>
    public static void AddStep(Tensor sums, Tensor loss, Tensor crossEntropy, Tensor? distillation, Tensor correct, int images)
    {
        Require.That(sums.Shape == [6], $"AddStep: sums must be [6], got {sums.Shape}");
        sums.Device.Launcher.Run(
            new StepSums(
                loss.View, crossEntropy.View, distillation?.View ?? sums.Device.Zeros(1), correct.View, sums.View, images),
            1);
    }

    private static void RequireRows(string op, Tensor logits, Labels labels, int timesteps = 1)
    {
        Require.That(timesteps >= 1, $"{op}: the number of time-steps must be at least 1, got {timesteps}");
        Require.That(
            logits.Shape.Rank == 2 && logits.Shape[0] == timesteps * labels.Count,
            $"{op}: logits must be {(timesteps == 1 ? "[N, K] with one row" : $"[T·N, K] with {timesteps} rows")} for each of {labels.Count} labels, got {logits.Shape}");
        Require.That(
            labels.Largest < logits.Shape[1], $"{op}: label {labels.Largest} is not below the {logits.Shape[1]} classes of logits {logits.Shape}");
    }

    private static Tensor LossOf(Tensor logits, Tensor losses, Tensor gradient)
    {
        var loss = ColumnSums(losses, 1);
        return Tape.Records(logits) ? Tape.Record(loss, new LossNode(logits, gradient)) : loss;
    }

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
