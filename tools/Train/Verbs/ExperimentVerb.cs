using CommandLine;
using CommandLine.Text;

namespace Idsnn.Tools.Train;

[Verb("experiment", HelpText = "The paper's experiments and ours: experiment ablation|convergence|timesteps|recipe|choices.")]
internal sealed class ExperimentVerb : Verb
{
    [Value(0, MetaName = "NAME", HelpText = "ablation, convergence, timesteps, recipe or choices.")]
    public override IEnumerable<string> Operands { get; set; } = [];

    [Option("scale", Default = "cpu", HelpText = "paper; cpu: narrow, 5,000 images, 8 epochs, an hour or two on two cores; tiny: seconds, "
        + "drawn images.")]
    public string Scale { get; set; } = string.Empty;

    [Option("seeds", HelpText = "How many seeds each row is trained from; the experiment's own number if left out.")]
    public int? Seeds { get; set; }

    [Option("only", HelpText = "Only these rows, by name: baseline,idsnn. What is there of the others is still shown.")]
    public string? Only { get; set; }

    [Option('T', "timesteps", HelpText = "Other time-steps than the experiment's: 4,6.")]
    public string? Timesteps { get; set; }

    [Option("dataset", HelpText = "Other data than the scale's: cifar10, cifar100, folder or synthetic.")]
    public string? DatasetName { get; set; }

    [Setting]
    [Option("data-path", HelpText = "Folder (or published .tar.gz) of the data set.")]
    public string? DataPath { get; set; }

    [Option("epochs", HelpText = "Another length than the scale's; milestones move in proportion.")]
    public int? Epochs { get; set; }

    [Option("teacher-epochs", HelpText = "The teacher's; as --epochs if left out, or the scale's.")]
    public int? TeacherEpochs { get; set; }

    [Option("teacher-checkpoint", HelpText = "A trained teacher, shared by all rows but those with one of their own.")]
    public string? TeacherCheckpoint { get; set; }

    [Option("width", HelpText = "Channels of the first stage.")]
    public int? Width { get; set; }

    [Option('b', "batch-size", HelpText = "Images per step.")]
    public int? BatchSize { get; set; }

    [Option("limit-train", HelpText = "Use the first so many training images.")]
    public int? LimitTrain { get; set; }

    [Option("limit-test", HelpText = "Use the first so many test images.")]
    public int? LimitTest { get; set; }

    [Option("with", HelpText = "Further train options for all rows: --with=\"--lr 0.02 --nesterov\" (with the equals sign).")]
    public string? With { get; set; }

    [Option("device", HelpText = "auto, cuda[:i], opencl[:i] or cpu; else the environment's IDSNN_DEVICE, else auto.")]
    public string? DeviceName { get; set; }

    [Option("output-dir", HelpText = "Where all experiments of this scale go; experiments/<data>-<scale> if left out.")]
    public string? OutputDirectory { get; set; }

    [Option("dry-run", HelpText = "Say what would be trained and about how long it would take.")]
    public bool DryRun { get; set; }

    public override int MaxOperands => 1;

    [Usage(ApplicationAlias = "dotnet run -c Release --project tools/Train --")]
    public static IEnumerable<Example> Examples =>
    [
        new("The paper's Table 3, small", new ExperimentVerb { Operands = ["ablation"], Scale = "cpu", DataPath = "data" }),
        new("How it goes, in seconds", new ExperimentVerb { Operands = ["ablation"], Scale = "tiny" }),
    ];

    public override int Run(Session session)
    {
        var plan = new ExperimentPlan(this);
        var experiment = new ExperimentRun(plan, session);
        return DryRun ? experiment.Rehearse() : experiment.Run();
    }

    /// <summary>Sees that the options make sense, as far as train does not see to them.</summary>
    public void Validate()
    {
        foreach (var (option, value) in ((string, int?)[])
            [("seeds", Seeds), ("epochs", Epochs), ("teacher-epochs", TeacherEpochs), ("limit-train", LimitTrain), (
                "limit-test", LimitTest)])
        {
            if (value < 1) throw new ArgumentException($"--{option} must be at least 1, got {value}");
        }
    }
}
