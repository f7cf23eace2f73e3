using System.Globalization;
using CommandLine;
using CommandLine.Text;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

[Verb("train", HelpText = "Train: the whole pipeline (teacher, initialisation, distillation) or one stage of it.")]
internal sealed class TrainVerb : NetworkVerb
{
    [Option("stage", Default = "pipeline", HelpText = "pipeline, teacher or student.")]
    public string Stage { get; set; } = string.Empty;

    [Option("dataset", Default = "synthetic", HelpText = "cifar10, cifar100, folder (of image files: train/CLASS/FILE, test/CLASS/FILE) or synthetic.")]
    public string DatasetName { get; set; } = string.Empty;

    [Option("data-path", Default = "data", HelpText = "Folder (or published .tar.gz) of the data set.")]
    public string DataPath { get; set; } = string.Empty;

    [Option("image-size", HelpText = "Height and width that a folder's images are scaled and cropped to; 32 if left out.")]
    public int? ImageSize { get; set; }

    [Option("teacher-checkpoint", HelpText = "A trained teacher; its training is skipped.")]
    public string? TeacherCheckpoint { get; set; }

    [Option("init", Default = "prefix", HelpText = "Student blocks start from the teacher's: prefix, even or none.")]
    public string Init { get; set; } = string.Empty;

    [Option("shortcuts", Default = "random", HelpText = "1x1 shortcuts start random, or copy the teacher's.")]
    public string Shortcuts { get; set; } = string.Empty;

    [Option("bn-gamma", Default = 1f, HelpText = "Batch-norm's gamma at a random start (the authors': the threshold).")]
    public float GammaStart { get; set; }

    [Option("kd-alpha", Default = 0.3f, HelpText = "Weight of the distillation; 0 trains without.")]
    public float Alpha { get; set; }

    [Option("kd-temperature", Default = 4f, HelpText = "Its temperature.")]
    public float Temperature { get; set; }

    [Option("label-smoothing", Default = 0f, HelpText = "Of the student's cross-entropy.")]
    public float LabelSmoothing { get; set; }

    [Option("epochs", Default = 200, HelpText = "Of the student; 0 initialises and stops.")]
    public int Epochs { get; set; }

    [Option("teacher-epochs", HelpText = "Of the teacher; the student's if left out.")]
    public int? TeacherEpochs { get; set; }

    [Option('b', "batch-size", Default = 64, HelpText = "Images per step.")]
    public int BatchSize { get; set; }

    [Option("lr", Default = 0.05, HelpText = "Learning rate.")]
    public double LearningRate { get; set; }

    [Option("schedule", Default = "multistep", HelpText = "multistep or cosine.")]
    public string Schedule { get; set; } = string.Empty;

    [Option("lr-milestones", Default = "60,120,160", HelpText = "Epochs at which a multistep schedule divides the rate by 10.")]
    public string Milestones { get; set; } = string.Empty;

    [Option("warmup-epochs", Default = 0, HelpText = "Epochs over which the rate climbs from 0.")]
    public int WarmupEpochs { get; set; }

    [Option("momentum", Default = 0.9f, HelpText = "Of SGD.")]
    public float Momentum { get; set; }

    [Option("weight-decay", Default = 1e-4f, HelpText = "Of SGD.")]
    public float WeightDecay { get; set; }

    [Option("nesterov", HelpText = "Nesterov momentum.")]
    public bool Nesterov { get; set; }

    [Option("no-augment", HelpText = "No random crop, no flip.")]
    public bool NoAugment { get; set; }

    [Option("limit-train", HelpText = "Use the first so many training images.")]
    public int? LimitTrain { get; set; }

    [Option("limit-test", HelpText = "Use the first so many test images.")]
    public int? LimitTest { get; set; }

    [Option("workers", Default = 2, HelpText = "Threads that prepare batches; results do not depend on them.")]
    public int Workers { get; set; }

    [Option("output-dir", HelpText = "Where results go; runs/<time>-<model> if left out.")]
    public string? OutputDirectory { get; set; }

    [Usage(ApplicationAlias = "dotnet run -c Release --project tools/Train --")]
    public static IEnumerable<Example> Examples =>
    [
        new("The whole pipeline on CIFAR-10, narrow", new TrainVerb { DatasetName = "cifar10", DataPath = "data", Width = 8, Epochs = 5 }),
    ];

    private enum StageKind
    {
        Pipeline,
        Teacher,
        Student,
    }

    public override int Run(Session session)
    {
        Validate();
        var stage = Choice.Parse<StageKind>("--stage", Stage);
        var mapping = InitMapping(Init);
        var shortcuts = Choice.Parse<ShortcutInit>("--shortcuts", Shortcuts);
        bool needsTeacher = stage == StageKind.Teacher || mapping is not null || Alpha > 0f;
        if (stage == StageKind.Student && needsTeacher && TeacherCheckpoint is null)
        {
            throw new ArgumentException("--stage student needs --teacher-checkpoint, unless --init none and --kd-alpha 0");
        }

        if (stage == StageKind.Teacher && TeacherCheckpoint is not null)
        {
            throw new ArgumentException("--stage teacher trains a teacher; leave --teacher-checkpoint out");
        }

        var saved = TeacherCheckpoint is null ? null : Networks.LoadTeacher(TeacherCheckpoint);
        var dataset = DataSource.Load(DatasetName, DataPath, LimitTrain, LimitTest, ImageSize);
        if (saved is not null) dataset = Networks.For(saved, TeacherCheckpoint!, dataset);
        var studentSpec = StudentSpec(dataset.Classes);
        var teacherSpec = saved?.Info.Model ?? TeacherSpec(dataset.Classes);
        if (stage != StageKind.Teacher && mapping is { } fit) AnnInitializer.RequireFit(studentSpec, teacherSpec, fit, shortcuts);
        using var device = Open();
        using var folder = new RunFolder(OutputDirectory ?? DefaultFolder(stage == StageKind.Teacher ? teacherSpec : studentSpec));
        session.Log($"device {device.Info.Id}: {device.Info.Name}; data {dataset.Name}, {dataset.Train.Count} + {dataset.Test.Count} images");
        var pipeline = new Pipeline(device, dataset, folder, session.Log, session.Cancellation);

        TrainingResult? teacherResult = null;
        using var teacher = !needsTeacher ? null : saved?.Build(device) ?? pipeline.Build(teacherSpec, Seed);
        if (teacher is not null && saved is { } known)
        {
            session.Log(string.Create(
                CultureInfo.InvariantCulture,
                $"teacher {teacherSpec.Name}, width {teacherSpec.Width}: {TeacherCheckpoint}, epoch {known.Info.Epoch}, "
                + $"accuracy {known.Info.Accuracy:P2}"));
        }
        else if (teacher is not null)
        {
            session.Log($"teacher {teacherSpec.Name}, width {teacherSpec.Width}: {Count(teacherSpec, dataset):N0} parameters");
            teacherResult = pipeline.Train(
                "teacher", teacher, null, Options(TeacherEpochs ?? Epochs, Objective.CrossEntropy));
        }

        TrainingResult? studentResult = null;
        if (stage != StageKind.Teacher)
        {
            session.Log(
                $"student {studentSpec.Name}, width {studentSpec.Width}, T = {studentSpec.Timesteps}: {Count(studentSpec, dataset):N0} parameters");
            using var student = pipeline.Build(studentSpec, Seed + 1, GammaStart);
            if (mapping is { } map) pipeline.Initialize(student, teacher!, map, shortcuts);
            studentResult = pipeline.Train(
                "student", student, Alpha > 0f ? teacher : null, Options(Epochs, new Objective(Alpha, Temperature, LabelSmoothing)));
        }

        session.Log(string.Empty);
        session.Log(ResultTable.Format(
        [
            .. ResultTable.Row($"teacher {teacherSpec.Name}", teacherResult),
            .. ResultTable.Row($"student {studentSpec.Name}", studentResult),
        ]));
        session.Log($"checkpoints and metrics.csv in {folder.Path}");
        return 0;
    }

    private static long Count(ModelSpec spec, Dataset dataset) => ModelSummary.Of(spec, dataset.Train.Height).Parameters;

    private static string DefaultFolder(ModelSpec spec) =>
        Path.Combine("runs", DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + "-" + spec.Name);

    private void Validate()
    {
        Check(Epochs >= 0, $"--epochs must be at least 0, got {Epochs}");
        Check(TeacherEpochs is null or >= 0, $"--teacher-epochs must be at least 0, got {TeacherEpochs}");
        Check(BatchSize >= 1, $"--batch-size must be at least 1, got {BatchSize}");
        Check(LearningRate > 0 && float.IsFinite((float)LearningRate), $"--lr must be above 0 and finite, got {LearningRate}");
        Check(Momentum is >= 0f and < 1f, $"--momentum must lie in [0, 1), got {Momentum}");
        Check(WeightDecay >= 0f && float.IsFinite(WeightDecay), $"--weight-decay must be at least 0, got {WeightDecay}");
        Check(Alpha >= 0f && float.IsFinite(Alpha), $"--kd-alpha must be at least 0, got {Alpha}");
        Check(Temperature > 0f && float.IsFinite(Temperature), $"--kd-temperature must be above 0, got {Temperature}");
        Check(LabelSmoothing is >= 0f and < 1f, $"--label-smoothing must lie in [0, 1), got {LabelSmoothing}");
        Check(WarmupEpochs >= 0, $"--warmup-epochs must be at least 0, got {WarmupEpochs}");
        Check(Workers >= 0, $"--workers must be at least 0, got {Workers}");
        Check(GammaStart > 0f && float.IsFinite(GammaStart), $"--bn-gamma must be above 0, got {GammaStart}");
        _ = ScheduleOf(Epochs);
    }

    private static void Check(bool holds, FormattableString message)
    {
        if (!holds) throw new ArgumentException(FormattableString.Invariant(message));
    }

    private LearningRateSchedule ScheduleOf(int epochs) => new(
        LearningRate, epochs, Choice.Parse<ScheduleKind>("--schedule", Schedule), Choice.Numbers("--lr-milestones", Milestones),
        WarmupEpochs: WarmupEpochs);

    private TrainingOptions Options(int epochs, Objective objective) => new(
        epochs,
        BatchSize,
        ScheduleOf(epochs),
        new SgdOptions(Momentum, WeightDecay, Nesterov),
        objective,
        NoAugment ? Augmentation.None : Augmentation.CropFlip,
        Seed,
        Workers);
}
