using System.Diagnostics;
using System.Globalization;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>
/// What the command does without arguments: the whole method on the embedded images, beside the same spiking network trained without
/// it, on the best device.
/// </summary>
internal sealed class Demonstration(Session session)
{
    private const ulong Seed = 0;

    /// <summary>How much a device can do in about a minute.</summary>
    private sealed record Scale(int ImageSize, int TrainImages, int TestImages, int Width, int TeacherEpochs, int StudentEpochs);

    public int Run()
    {
        var clock = Stopwatch.StartNew();
        using var device = DeviceCatalog.Open();
        var scale = device.Info.Kind == DeviceKind.Cpu ? new Scale(16, 1500, 500, 8, 5, 4) : new Scale(32, 3000, 1000, 16, 5, 2);
        var dataset = Synthetic.Create(scale.TrainImages, scale.TestImages, scale.ImageSize, Seed);
        var teacherSpec = new ModelSpec(ModelKind.Ann, 34, scale.Width, dataset.Classes);
        var studentSpec = new ModelSpec(ModelKind.Spiking, 18, scale.Width, dataset.Classes, Timesteps: 4, Neuron: new Neuron());
        session.Log("IDSNN: a spiking network that starts from an ordinary one and learns under it.");
        session.Log($"device   {device.Info.Id}: {device.Info.Name}");
        session.Log(
            $"data     {dataset.Name}: {scale.TrainImages} + {scale.TestImages} images {scale.ImageSize}×{scale.ImageSize}, drawn by code "
            + $"(ten kinds of figure; chance is {1.0 / dataset.Classes:P0})");
        session.Log($"networks {teacherSpec.Name} teaches {studentSpec.Name}, T = {studentSpec.Timesteps}, width {scale.Width}");
        session.Log(string.Empty);

        var pipeline = new Pipeline(device, dataset, null, session.Log, session.Cancellation);
        using var teacher = pipeline.Build(teacherSpec, Seed);
        var taught = pipeline.Train("teacher", teacher, null, Options(scale.TeacherEpochs, Objective.CrossEntropy));

        session.Log(string.Empty);
        using var plain = pipeline.Build(studentSpec, Seed + 1);
        var without = pipeline.Train("plain SNN", plain, null, Options(scale.StudentEpochs, Objective.CrossEntropy));

        session.Log(string.Empty);
        using var student = pipeline.Build(studentSpec, Seed + 1);
        var report = AnnInitializer.Initialize(student, teacher, BlockMapping.Prefix, ShortcutInit.Random);
        session.Log($"IDSNN starts from the teacher: {report.Totals} tensors");
        var with = pipeline.Train("IDSNN", student, teacher, Options(scale.StudentEpochs, new Objective()));

        session.Log(string.Empty);
        session.Log(ResultTable.Format(
        [
            ($"teacher ({teacherSpec.Name}, ReLU)", taught),
            ($"SNN without the method ({studentSpec.Name})", without),
            ($"IDSNN ({studentSpec.Name})", with),
        ]));
        session.Log(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:F0} s on {device.Info.Id}. Next:"));
        foreach (string arguments in (string[])
            ["devices", "train --dataset cifar10 --data-path PATH --width 8 --epochs 5", "train --help", "bench"])
        {
            session.Log($"  dotnet run -c Release --project tools/Train -- {arguments}");
        }

        return 0;
    }

    private static TrainingOptions Options(int epochs, Objective objective) => new(
        epochs, 32, new LearningRateSchedule(0.05, epochs, ScheduleKind.Cosine, []), new SgdOptions(), objective, Augmentation.None, Seed, 2);
}
