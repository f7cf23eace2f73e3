using System.Globalization;
using CommandLine;
using CommandLine.Text;
using Idsnn.Engine;

namespace Idsnn.Tools.Train;

[Verb("ptx", HelpText = "Compile every kernel for CUDA and assemble it with NVIDIA's ptxas: registers, spills, memory. Needs no GPU.")]
internal sealed class PtxVerb : Verb
{
    private const int Failed = 1;

    [Option("ptxas", Default = "ptxas", HelpText = "The assembler: a file, or a name on the PATH.")]
    public string Ptxas { get; set; } = string.Empty;

    [Option("arch", Default = "sm_80,sm_90", HelpText = "Architectures.")]
    public string Architectures { get; set; } = string.Empty;

    [Option("kernel", Default = "", HelpText = "Only kernels with this in their name.")]
    public string Kernel { get; set; } = string.Empty;

    [Option("keep", HelpText = "Write the PTX into this folder.")]
    public string? Folder { get; set; }

    [Usage(ApplicationAlias = "dotnet run -c Release --project tools/Train --")]
    public static IEnumerable<Example> Examples =>
    [
        new("Kernels of batch-norm alone, for one architecture", new PtxVerb { Kernel = "BatchNorm", Architectures = "sm_90" }),
    ];

    public override int Run(Session session)
    {
        string[] architectures = Architectures.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (architectures.Length == 0) throw new ArgumentException("--arch names no architecture; sm_80,sm_90 for example");
        if (Folder is not null) Directory.CreateDirectory(Folder);
        int kernels = 0, failed = 0;
        session.Log($"{"kernel",-72} {"target",-6} {"registers",9} {"spills",6} {"stack",6} {"shared",6}");
        foreach (var report in PtxCheck.Run(Ptxas, architectures, Kernel, Folder))
        {
            session.Cancellation.ThrowIfCancellationRequested();
            kernels++;
            if (!report.Passed) failed++;
            session.Log(string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Kernel,-72} {report.Architecture,-6} {report.Registers,9} {report.SpillBytes,6} {report.StackBytes,6} "
                + $"{report.SharedBytes,6}{(report.Passed ? string.Empty : $"  FAILED {report.Error}")}"));
        }

        if (kernels == 0) throw new ArgumentException($"--kernel: no kernel is called '{Kernel}'");
        session.Log($"{kernels - failed} passed, {failed} failed");
        return failed == 0 ? 0 : Failed;
    }
}
