using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tests.Samples;

/// <summary>README's training in a few lines; TrainingRunTests runs a smaller one.</summary>
public static class TrainingSample
{
    /// <summary>Trains a teacher and its student.</summary>
    public static void Run()
    {
        var spec = new RunSpec
        {
            Student = new StudentSpec { Model = "spiking-resnet18", Width = 8, Timesteps = 4 },
            Teacher = new TeacherSpec { Model = "resnet18", Epochs = 4 },
            Data = new DataSpec { Name = "synthetic", LimitTrain = 1000, LimitTest = 500 },
            Epochs = 2,
            BatchSize = 32,
            Seed = 3,
            DeviceName = "auto",
        };
        var results = TrainingRun.Start(spec, "runs/mine", Console.WriteLine);
        var student = results.Networks[^1];
        Console.WriteLine($"{student.LastAccuracy:P2}, {results.Insight!.Energy.Microjoules:F1} µJ an image");
    }
}
