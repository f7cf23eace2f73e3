using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Idsnn.Engine;

/// <summary>What the assembler says of one kernel for one architecture.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Architecture">sm_80, sm_90, …</param>
/// <param name="Registers">Registers per thread.</param>
/// <param name="SpillBytes">Bytes of registers that did not fit.</param>
/// <param name="StackBytes">Bytes of local memory per thread.</param>
/// <param name="SharedBytes">Bytes of shared memory per group.</param>
/// <param name="Error">What it refuses; null where it assembles.</param>
public sealed record PtxReport(
    string Kernel, string Architecture, int Registers, int SpillBytes, int StackBytes, int SharedBytes, string? Error)
{
    /// <summary>Whether it assembles with all it needs in registers.</summary>
    public bool Passed => Error is null && SpillBytes == 0 && StackBytes == 0;
}

/// <summary>Compiles every kernel for CUDA and assembles it with NVIDIA's ptxas; no GPU or driver is needed.</summary>
public static partial class PtxCheck
{
    private const int GpuLanes = 4;

    /// <summary>Checks every kernel whose name holds <paramref name="filter"/>.</summary>
    /// <param name="ptxas">The assembler; one of the PATH or a file.</param>
    /// <param name="architectures">Such as sm_80 and sm_90.</param>
    /// <param name="filter">Part of a name; empty for all.</param>
    /// <param name="folder">Where the PTX is kept; null for nowhere.</param>
    /// <exception cref="ArgumentException">There is no such assembler.</exception>
    public static IEnumerable<PtxReport> Run(string ptxas, IReadOnlyList<string> architectures, string filter = "", string? folder = null)
    {
        using var context = DeviceCatalog.CreateContext();
        using var compiler = new PtxCompiler(context);
        string text = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.ptx");
        try
        {
            foreach (var kernel in KernelCatalog.All(GpuLanes).Where(k => k.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)))
            {
                string ptx = compiler.Compile(kernel);
                File.WriteAllText(text, ptx);
                if (folder is not null) File.WriteAllText(Path.Combine(folder, $"{FileName(kernel.Name)}.ptx"), ptx);
                foreach (string architecture in architectures) yield return Assemble(ptxas, architecture, kernel.Name, text);
            }
        }
        finally
        {
            File.Delete(text);
        }
    }

    /// <summary>Reads what ptxas -v prints.</summary>
    internal static PtxReport Parse(string kernel, string architecture, int code, string output)
    {
        int Number(Regex pattern) => pattern.Matches(output).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).Sum();
        string? error = code == 0
            ? null
            : output.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal)) ?? output;
        return new PtxReport(kernel, architecture, Number(Registers()), Number(Spills()), Number(Stack()), Number(Shared()), error?.Trim());
    }

    private static PtxReport Assemble(string ptxas, string architecture, string kernel, string file)
    {
        var start = new ProcessStartInfo(ptxas, [$"-arch={architecture}", "-v", "-o", "/dev/null", file])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
            process.WaitForExit();
            return Parse(kernel, architecture, process.ExitCode, output);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new ArgumentException($"the assembler '{ptxas}' cannot be run ({e.Message}); it comes with NVIDIA's CUDA toolkit", e);
        }
    }

    private static string FileName(string name) => NotWord().Replace(name, "-").Trim('-');

    [GeneratedRegex("Used ([0-9]+) registers")]
    private static partial Regex Registers();

    [GeneratedRegex("([0-9]+) bytes spill")]
    private static partial Regex Spills();

    [GeneratedRegex("([0-9]+) bytes stack frame")]
    private static partial Regex Stack();

    [GeneratedRegex("([0-9]+) bytes smem")]
    private static partial Regex Shared();

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NotWord();
}
