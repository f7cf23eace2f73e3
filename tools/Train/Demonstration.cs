using System.Diagnostics;
using System.Globalization;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Runs;
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
        var spec = Spec(scale);
        var plan = new RunPlan(
            spec, dataset, spec.TeacherModel(dataset.Classes), null, spec.StudentModel(dataset.Classes), null);
        MemoryCheck.OfTraining(plan, device);
        using var made = TrainRun.NewFolder(output, "demonstration", plan.About);
        folder = made;
        folder.Write(plan.Record(device, session.Arguments));
        Train(device, plan, scale);
        Log(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:F0} s on {device.Info.Id}. Next:"));
        foreach (string arguments in (string[])
            ["devices", "train --dataset cifar10 --data-path PATH --width 8 --epochs 5", "train --help", "bench"])
        {
            session.Log($"  dotnet run -c Release --project tools/Train -- {arguments}");
        }

        return 0;
    }

    private void Train(Device device, RunPlan plan, Scale scale)
    {
        var spec = plan.Spec;
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
        var taught = pipeline.Train("teacher", teacher, null, spec.TeacherTraining);

        Log(string.Empty);
        using var plain = pipeline.Build(studentSpec, Seed + 1);
        var without = new Pipeline(device, dataset, null, Log, session.Cancellation)
            .Train("plain SNN", plain, null, spec.StudentTraining with { Objective = Objective.CrossEntropy });

        Log(string.Empty);
        using var student = pipeline.Build(studentSpec, Seed + 1);
        var report = AnnInitializer.Initialize(student, teacher, spec.Start.Mapping!.Value, spec.Start.Shortcuts);
        Log($"IDSNN starts from the teacher: {report.Totals} tensors");
        var with = pipeline.Train("student", student, teacher, spec.StudentTraining);
        Keep(plan, taught, with, student);

        Log(string.Empty);
        RunOutcome compared = new(plan);
        compared.Add("teacher", teacherSpec, taught);
        compared.Add("without", studentSpec, without);
        compared.Add("with", studentSpec, with);
        string[] titles =
        [
            $"teacher ({teacherSpec.Name}, ReLU)", $"SNN without the method ({studentSpec.Name})", $"IDSNN ({studentSpec.Name})",
        ];
        Log(ResultTable.Format([.. titles.Zip(compared.Results.Networks)]));
    }

    private void Keep(RunPlan plan, TrainingResult teacher, TrainingResult student, INetwork network)
    {
        var outcome = new RunOutcome(plan);
        outcome.Add(RunSummary.TeacherName, plan.Teacher!, teacher);
        outcome.Add(RunSummary.StudentName, plan.Student!, student);
        outcome.Look(network, session.Cancellation);
        TrainRun.Finish(folder, outcome.Results, Log);
    }

    private void Log(string line)
    {
        line = OptionNames.OfLine(line);
        session.Log(line);
        folder.Log(line);
    }

    /// <summary>The training that it is, but for the size of its images.</summary>
    private static RunSpec Spec(Scale scale)
    {
        var paper = new RunSpec { Seed = Seed, BatchSize = 32, Epochs = scale.StudentEpochs, Augmentation = new(AugmentationKind.None) };
        return paper with
        {
            Data = paper.Data with { LimitTrain = scale.TrainImages, LimitTest = scale.TestImages },
            Student = paper.Student with { Width = scale.Width },
            Teacher = paper.Teacher with { Epochs = scale.TeacherEpochs },
            Rate = paper.Rate with { Kind = ScheduleKind.Cosine },
        };
    }
}
