using System.Globalization;
using Idsnn.Engine;
using Idsnn.Measure;
using Idsnn.Models;
using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>Tries one batch of each stage of a training and says what the whole would take; it writes no file.</summary>
internal sealed class DryRun(RunSpec spec, Session session)
{
    public int Run()
    {
        double seconds = Measure();
        session.Log($"about {Quantity.Time(seconds)} in all, from one batch of each; nothing was written");
        return 0;
    }

    /// <summary>Seconds that the whole would take.</summary>
    public double Measure()
    {
        var asked = RunPlan.Of(spec);
        using var device = DeviceCatalog.Open(spec.DeviceName, precision: spec.Precision);
        session.Log($"device {device.Info.Id}: {device.Info.Name}, {Quantity.Memory(device.Info.MemoryBytes)}");
        var plan = MemoryCheck.OfTraining(asked, device);
        session.Log($"data {plan.Dataset.Name}, {plan.Dataset.Train.Count} + {plan.Dataset.Test.Count} images");
        foreach (string note in plan.Dataset.Notes) session.Log(note);
        foreach (string note in TrainRun.NotesOf(spec, plan)) session.Log(note);
        session.Log(string.Empty);
        session.Log($"{"stage",-8} {"network",-32} {"epochs",6} {"steps/epoch",11} {"images/s",9} {"memory",9}  time");
        var normalization = new Normalization(plan.Dataset.Mean, plan.Dataset.Std);
        double seconds = 0;
        using var teacher = plan.Teacher is null
            ? null
            : plan.SavedTeacher?.Build(device) ?? Network.Create(device, plan.Teacher, spec.Seed, normalization: normalization);
        if (teacher is not null && plan.SavedTeacher is null) seconds += Measure("teacher", teacher, null, plan, plan.Spec.TeacherTraining);
        if (plan.Student is not null)
        {
            using var student = Network.Create(device, plan.Student, spec.Seed + 1, spec.Start.Gamma, normalization);
            if (plan.SavedStudent is { } start) student.Load(start.State);
            if (spec.Mapping is { } mapping) AnnInitializer.Initialize(student, teacher!, mapping, spec.Start.Shortcuts);
            seconds += Measure("student", student, spec.Distils ? teacher : null, plan, plan.Spec.StudentTraining);
        }

        session.Log(string.Empty);
        return seconds;
    }

    private double Measure(string stage, INetwork network, INetwork? teacher, RunPlan plan, TrainingOptions training)
    {
        session.Cancellation.ThrowIfCancellationRequested();
        var estimate = StageEstimate.Measure(network, teacher, plan.Dataset, training);
        var model = network.Spec;
        string name = $"{model.Name}, width {model.Width}{(model.IsSpiking ? $", T = {model.Timesteps}" : string.Empty)}";
        double imagesPerSecond = Math.Min(training.BatchSize, plan.Dataset.Train.Count) / estimate.StepSeconds;
        session.Log(string.Create(
            CultureInfo.InvariantCulture,
            $"{stage,-8} {name,-32} {estimate.Epochs,6} {estimate.Steps,11} {imagesPerSecond,9:F1} "
                + $"{Quantity.Memory(estimate.PeakBytes),9}  {Quantity.Time(estimate.Seconds)}"));
        return estimate.Seconds;
    }
}
