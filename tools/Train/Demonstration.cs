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
/// <param name="session">Where it speaks.</param>
/// <param name="output">The folder for teacher and student; runs/&lt;time&gt;-demonstration if null.</param>
/// <param name="deviceName">The device; null for the best.</param>
internal sealed class Demonstration(Session session, string? output, string? deviceName)
{
    private const ulong Seed = 0;

    private RunFolder folder = null!;

    /// <summary>How much a device can do in about a minute.</summary>
    private sealed record Scale(int ImageSize, int TrainImages, int TestImages, int Width, int TeacherEpochs, int StudentEpochs);

    public int Run()
    {
        var clock = Stopwatch.StartNew();
        using var device = DeviceCatalog.Open(deviceName);
        var scale = device.Info.Kind == DeviceKind.Cpu ? new Scale(16, 1500, 500, 8, 5, 4) : new Scale(16, 3000, 1000, 16, 6, 2);
        var dataset = Synthetic.Create(scale.TrainImages, scale.TestImages, scale.ImageSize, Seed);
        var teacherSpec = new ModelSpec(ModelKind.Ann, 34, scale.Width, dataset.Classes);
        var studentSpec = new ModelSpec(ModelKind.Spiking, 18, scale.Width, dataset.Classes, Timesteps: 4, Neuron: new Neuron());
        var options = Options(scale);
        var plan = new TrainPlan(
            TrainStage.Pipeline, dataset, teacherSpec, null, studentSpec, null, BlockMapping.Prefix, ShortcutInit.Random);
        MemoryCheck.OfTraining(options, plan, device);
        using var made = TrainRun.NewFolder(output, "demonstration", plan.About);
        folder = made;
        folder.Write(RunDescription.Config(options, plan, device, session.Arguments));
        Train(device, options, plan, scale);
        Log(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:F0} s on {device.Info.Id}. Next:"));
        foreach (string arguments in (string[])
            ["devices", "train --dataset cifar10 --data-path PATH --width 8 --epochs 5", "train --help", "bench"])
        {
            session.Log($"  dotnet run -c Release --project tools/Train -- {arguments}");
        }

        return 0;
    }

    private void Train(Device device, TrainVerb options, TrainPlan plan, Scale scale)
    {
        var (dataset, teacherSpec, studentSpec) = (plan.Dataset, plan.Teacher!, plan.Student!);
        Log("IDSNN: a spiking network that starts from an ordinary one and learns under it.");
        Log($"device   {device.Info.Id}: {device.Info.Name}");
        Log(
            $"data     {dataset.Name}: {scale.TrainImages} + {scale.TestImages} images {scale.ImageSize}×{scale.ImageSize}, drawn by code "
            + $"(ten kinds of figure; chance is {1.0 / dataset.Classes:P0})");
        Log($"networks {teacherSpec.Name} teaches {studentSpec.Name}, T = {studentSpec.Timesteps}, width {scale.Width}");
        Log(string.Empty);

        var pipeline = new Pipeline(device, dataset, folder, Log, session.Cancellation);
        using var teacher = pipeline.Build(teacherSpec, Seed);
        var taught = pipeline.Train("teacher", teacher, null, options.TeacherTraining);

        Log(string.Empty);
        using var plain = pipeline.Build(studentSpec, Seed + 1);
        var without = new Pipeline(device, dataset, null, Log, session.Cancellation)
            .Train("plain SNN", plain, null, options.StudentTraining with { Objective = Objective.CrossEntropy });

        Log(string.Empty);
        using var student = pipeline.Build(studentSpec, Seed + 1);
        var report = AnnInitializer.Initialize(student, teacher, BlockMapping.Prefix, ShortcutInit.Random);
        Log($"IDSNN starts from the teacher: {report.Totals} tensors");
        var with = pipeline.Train("student", student, teacher, options.StudentTraining);
        Keep(options, plan, taught, with, student);

        Log(string.Empty);
        Log(ResultTable.Format(
        [
            ($"teacher ({teacherSpec.Name}, ReLU)", taught),
            ($"SNN without the method ({studentSpec.Name})", without),
            ($"IDSNN ({studentSpec.Name})", with),
        ]));
    }

    private void Keep(TrainVerb options, TrainPlan plan, TrainingResult teacher, TrainingResult student, INetwork network)
    {
        var outcome = new RunOutcome(options, plan);
        outcome.Add("teacher", plan.Teacher!, teacher);
        outcome.Add("student", plan.Student!, student);
        outcome.Look(network, session.Cancellation);
        outcome.Write(folder, Log);
    }

    private void Log(string line)
    {
        session.Log(line);
        folder.Log(line);
    }

    /// <summary>What a train command would be given for it.</summary>
    private static TrainVerb Options(Scale scale) => Cli.ParseTrain(
    [
        "--dataset", "synthetic", "--augment", "none", "--schedule", "cosine", "-b", "32",
        string.Create(CultureInfo.InvariantCulture, $"--limit-train={scale.TrainImages}"),
        string.Create(CultureInfo.InvariantCulture, $"--limit-test={scale.TestImages}"),
        string.Create(CultureInfo.InvariantCulture, $"--width={scale.Width}"),
        string.Create(CultureInfo.InvariantCulture, $"--teacher-epochs={scale.TeacherEpochs}"),
        string.Create(CultureInfo.InvariantCulture, $"--epochs={scale.StudentEpochs}"),
    ]);
}
