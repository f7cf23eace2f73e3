using System.Globalization;
using ILGPU.Backends.OpenCL;
using ILGPU.IR;
using ILGPU.IR.Types;
using ILGPU.IR.Values;
using Variable = ILGPU.Backends.VariableAllocator.Variable;

namespace Idsnn.Kernels.Vendor;

/// <summary>
/// Lane arithmetic as OpenCL's vectors. Left lane by lane, as ILGPU would write it, a compiler has to find the vectors again: on a CPU
/// that takes most of the time that a kernel takes to compile, and does not always succeed.
/// </summary>
public static class OpenClLanes
{
    private static readonly int[] Counts = [4, 8, 16];

    /// <summary>The source with vectors for its lanes.</summary>
    /// <param name="source">What ILGPU wrote, with what the methods below added.</param>
    /// <param name="llvmLanes">
    /// For PoCL, whose fma computes a vector lane by lane, the most lanes that LLVM's own takes: those of the processor's vectors,
    /// since wider ones are passed in memory, which LLVM's cannot read. 0 for others.
    /// </param>
    public static string Edit(string source, int llvmLanes)
    {
        ArgumentNullException.ThrowIfNull(source);
        string text = OpenClMoves.Widen(source);
        int widest = Counts.LastOrDefault(lanes => text.Contains(Access(lanes), StringComparison.Ordinal));
        return string.Concat(Counts.Where(lanes => lanes <= widest).Select(lanes => Declarations(lanes, llvmLanes))) + text;
    }

    // A structure of floats is aligned as a float is.
    private static string Declarations(int lanes, int llvmLanes) => string.Create(CultureInfo.InvariantCulture, $"""
        typedef float{lanes} __attribute__((aligned(4))) lanes{lanes};
        #define {Access(lanes)}x) (*(private lanes{lanes}*)&(x))
        {Fma(lanes, llvmLanes)}

        """);

    private static string Fma(int lanes, int llvmLanes)
    {
        string vector = Text($"float{lanes}"), half = Text($"lanes_fma{lanes / 2}");
        if (llvmLanes == 0) return Text($"#define lanes_fma{lanes} fma");
        return lanes <= llvmLanes
            ? Text($"{vector} __attribute__((const)) lanes_fma{lanes}({vector}, {vector}, {vector}) __asm(\"llvm.fma.v{lanes}f32\");")
            : Text($"#define lanes_fma{lanes}(x, y, z) (({vector})({half}((x).lo, (y).lo, (z).lo), {half}((x).hi, (y).hi, (z).hi)))");
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    internal static void Add(CLBackend backend, CLCodeGenerator generator, Value value) => Write(generator, value, "", "+", "");

    internal static void Subtract(CLBackend backend, CLCodeGenerator generator, Value value) => Write(generator, value, "", "-", "");

    internal static void Multiply(CLBackend backend, CLCodeGenerator generator, Value value) => Write(generator, value, "", "*", "");

    internal static void MultiplyAdd(CLBackend backend, CLCodeGenerator generator, Value value) =>
        Write(generator, value, $"lanes_fma{Lanes(value)}(", ",", ")");

    // What is true of lanes has all bits set; here it is 1.
    internal static void Above(CLBackend backend, CLCodeGenerator generator, Value value) =>
        Write(generator, value, $"as_float{Lanes(value)}((", ">", ") & as_int(1.0f))");

    /// <summary>
    /// Writes result = <paramref name="before"/> argument <paramref name="between"/> argument ... <paramref name="after"/>.
    /// </summary>
    private static void Write(CLCodeGenerator generator, Value value, string before, string between, string after)
    {
        var call = (MethodCall)value;
        Variable[] arguments = [.. Enumerable.Range(0, call.Count).Select(i => generator.Load(call[i]))];
        var result = generator.Allocate(call);
        generator.Declare(result);
        using var statement = generator.BeginStatement(Access(Lanes(call)));
        statement.Append(result);
        statement.AppendCommand(") = " + before);
        for (int i = 0; i < arguments.Length; i++)
        {
            if (i > 0) statement.AppendCommand(between);
            statement.AppendCommand(call[i].Type is StructureType ? Access(Lanes(call)) : $"(lanes{Lanes(call)})(");
            statement.Append(arguments[i]);
            statement.AppendCommand(")");
        }

        statement.AppendCommand(after);
    }

    private static int Lanes(Value value) => ((StructureType)value.Type).NumFields;

    /// <summary>What comes before the first of some fields that are meant as a vector; a parenthesis comes after it.</summary>
    internal static string Access(int lanes) => $"LANES{lanes.ToString(CultureInfo.InvariantCulture)}(";
}
