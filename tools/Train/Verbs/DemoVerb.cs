using CommandLine;
using CommandLine.Text;

namespace Idsnn.Tools.Train;

[Verb("demo", HelpText = "The demonstration that runs without arguments, on a device and into a folder of your choice.")]
internal sealed class DemoVerb : Verb
{
    [Option("output-dir", HelpText = "Where results go; runs/<time>-demonstration if left out.")]
    public string? OutputDirectory { get; set; }

    [Option("device", HelpText = "auto, cuda[:i], opencl[:i] or cpu; else the environment's IDSNN_DEVICE, else auto.")]
    public string? DeviceName { get; set; }

    [Usage(ApplicationAlias = "dotnet run -c Release --project tools/Train --")]
    public static IEnumerable<Example> Examples => [new("In a folder of your choice", new DemoVerb { OutputDirectory = "runs/demo" })];

    public override int Run(Session session) => new Demonstration(session, OutputDirectory, DeviceName).Run();
}
