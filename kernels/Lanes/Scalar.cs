using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.IR.Values;

namespace Idsnn.Kernels.Lanes;

/// <summary>Scalar intrinsics that ILGPU lacks.</summary>
public static class Scalar
{
    /// <summary>a · b + c, rounded once, on every device.</summary>
    [IntrinsicImplementation]
    public static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    internal static void GenerateOpenCL(CLBackend backend, CLCodeGenerator generator, Value value)
    {
        var call = (MethodCall)value;
        var target = generator.Allocate(call);
        using var statement = generator.BeginStatement(target);
        statement.AppendCommand("fma(");
        for (int i = 0; i < 3; i++)
        {
            if (i > 0) statement.AppendCommand(", ");
            statement.AppendArgument(generator.Load(call[i]));
        }

        statement.AppendCommand(")");
    }

    internal static void GeneratePtx(PTXBackend backend, PTXCodeGenerator generator, Value value)
    {
        var call = (MethodCall)value;
        var target = generator.AllocateHardware(call);
        using var command = generator.BeginCommand("fma.rn.f32");
        command.AppendArgument(target);
        for (int i = 0; i < 3; i++) command.AppendArgument(generator.LoadPrimitive(call[i]));
    }
}
