using System.Globalization;
using ILGPU.Backends.OpenCL;
using ILGPU.IR;
using ILGPU.IR.Types;
using ILGPU.IR.Values;
using Variable = ILGPU.Backends.VariableAllocator.Variable;

namespace Idsnn.Kernels;

/// <summary>
/// Lane arithmetic as OpenCL's vectors. Left lane by lane, as ILGPU would write it, a compiler has to find the vectors again: on a CPU
/// that takes most of the time that a kernel takes to compile, and does not always succeed.
/// </summary>
public static class OpenClLanes
{
    private static readonly int[] Counts = [4, 8, 16];

    /// <summary>The source with vectors for its lanes.</summary>
    /// <param name="source">What ILGPU wrote, with what the methods below added.</param>
    /// <param name="isPocl">Whether it is for PoCL, whose fma computes a vector lane by lane: LLVM's own does not.</param>
    public static string Edit(string source, bool isPocl)
    {
        ArgumentNullException.ThrowIfNull(source);
        string text = OpenClMoves.Widen(source);
        var used = Counts.Where(lanes => text.Contains(Access(lanes), StringComparison.Ordinal));
        return string.Concat(used.Select(lanes => Declarations(lanes, isPocl))) + text;
    }

    // A structure of floats is aligned as a float is.
    private static string Declarations(int lanes, bool isPocl) => string.Create(CultureInfo.InvariantCulture, $"""
        typedef float{lanes} __attribute__((aligned(4))) lanes{lanes};
        #define {Access(lanes)}x) (*(private lanes{lanes}*)&(x))
        {(isPocl
            ? $"float{lanes} __attribute__((const)) lanes_fma{lanes}(float{lanes}, float{lanes}, float{lanes}) __asm(\"llvm.fma.v{lanes}f32\");"
            : $"#define lanes_fma{lanes} fma")}

        """);

    internal static void Add(CLBackend backend, CLCodeGenerator generator, Value value) => Write(generator, value, "", "+", "");

    internal static void Subtract(CLBackend backend, CLCodeGenerator generator, Value value) => Write(generator, value, "", "-", "");

    internal static void Multiply(CLBackend backend, CLCodeGenerator generator, Value value) => Write(generator, value, "", "*", "");

    internal static void MultiplyAdd(CLBackend backend, CLCodeGenerator generator, Value value) =>
        Write(generator, value, $"lanes_fma{Lanes(value)}(", ",", ")");

    // What is true of lanes has all bits set; here it is 1.
    internal static void Above(CLBackend backend, CLCodeGenerator generator, Value value) =>
        Write(generator, value, $"as_float{Lanes(value)}((", ">", ") & as_int(1.0f))");

    /// <summary>Writes result = <paramref name="before"/> argument <paramref name="between"/> argument ... <paramref name="after"/>.</summary>
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
