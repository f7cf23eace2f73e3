using CommandLine;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>The options of every verb that builds networks: settings of a training, as texts; null where one was not given.</summary>
internal abstract class NetworkVerb : Verb
{
    [Setting]
    [Option("model", HelpText = "The student: [spiking-|sew-|ms-]resnet{18|19|20|32|34|44|50|56|101|152} or [spiking-]vgg{11|13|16|19}.")]
    public string? Model { get; set; }

    [Setting]
    [Option("teacher", HelpText = "The teacher: an ordinary one of these.")]
    public string? Teacher { get; set; }

    [Setting]
    [Option("width", HelpText = "Channels of the first stage; as published if left out: 64, in resnet19 128, in resnet20 to 56 16.")]
    public string? Width { get; set; }

    [Setting]
    [Option("teacher-width", HelpText = "The teacher's; the student's if left out.")]
    public string? TeacherWidth { get; set; }

    [Setting]
    [Option('T', "timesteps", HelpText = "Time-steps of the spiking network.")]
    public string? Timesteps { get; set; }

    [Setting]
    [Option("neuron", HelpText = "lif (leaky integrate-and-fire), if (no leak) or plif (each layer trains its decay).")]
    public string? Neuron { get; set; }

    [Setting]
    [Option("decay", HelpText = "Membrane decay e^(-1/tau) of lif, where it starts in plif; 0.25 if left out.")]
    public string? Decay { get; set; }

    [Setting]
    [Option("initial-membrane", HelpText = "Membrane before the first time-step, of lif and if.")]
    public string? InitialMembrane { get; set; }

    [Setting]
    [Option("fires-at-threshold", HelpText = "A membrane that equals the threshold fires, of lif and if.")]
    public string? FiresAtThreshold { get; set; }

    [Setting]
    [Option("threshold", HelpText = "Firing threshold.")]
    public string? Threshold { get; set; }

    [Setting]
    [Option("surrogate", HelpText = "rectangle, triangle, sigmoid or arctan.")]
    public string? Surrogate { get; set; }

    [Setting]
    [Option("surrogate-width", HelpText = "Half width of the surrogate (lens).")]
    public string? SurrogateWidth { get; set; }

    [Setting]
    [Option("reset", HelpText = "hard (to zero) or soft (subtract the threshold).")]
    public string? Reset { get; set; }

    [Setting]
    [Option("attach-reset", HelpText = "Let gradients flow through the reset.")]
    public string? AttachReset { get; set; }

    [Setting]
    [Option("encoder", HelpText = "direct (the image at every step) or poisson.")]
    public string? Encoder { get; set; }

    [Setting]
    [Option("stem-padding", HelpText = "Padding of the student's stem (the authors' had 3).")]
    public string? StemPadding { get; set; }

    [Setting]
    [Option("pooling", HelpText = "Between the stages of a vgg: max or average.")]
    public string? Pooling { get; set; }

    [Setting]
    [Option("seed", HelpText = "Of weights, data order, augmentation and Poisson draws.")]
    public string? Seed { get; set; }

    [Setting]
    [Option("device", HelpText = "auto, cuda[:i], opencl[:i] or cpu; else the environment's IDSNN_DEVICE, else auto.")]
    public string? DeviceName { get; set; }

    [Setting]
    [Option("precision", HelpText = "fp32, tf32 or bf16 (tensor cores; parameters stay float32); if left out, bf16 where there are tensor "
        + "cores.")]
    public string? Precision { get; set; }

    /// <summary>The student and the teacher of a training that is only timed; the teacher null where its name is none.</summary>
    protected static (ModelSpec Student, ModelSpec? Teacher) Networks(RunSpec spec, int classes)
    {
        bool alone = spec.Teacher.Model.Equals("none", StringComparison.OrdinalIgnoreCase);
        return (spec.StudentModel(classes), alone ? null : spec.TeacherModel(classes));
    }

    /// <summary>Opens the device of a training.</summary>
    /// <param name="spec">The training.</param>
    /// <param name="profiling">Whether launches will be profiled.</param>
    /// <param name="precision">The precision where none is named; null for the device's own choice.</param>
    protected static Device Open(RunSpec spec, bool profiling = false, Precision? precision = null) =>
        DeviceCatalog.Open(spec.DeviceName, profiling, spec.Precision ?? precision);
}
