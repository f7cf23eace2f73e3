using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.IR.Values;
using ILGPU.Util;

namespace Idsnn.Kernels;

/// <summary>Scalar intrinsics that ILGPU lacks.</summary>
public static class Scalar
{
    /// <summary>a · b + c, rounded once, on every device.</summary>
    [IntrinsicImplementation]
    public static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    /// <summary>Eight whole numbers from 0 to 255 to neighbouring bytes, in one instruction: compilers convert them one by one else.</summary>
    [IntrinsicImplementation]
    public static void StoreBytes(ref byte target, float a, float b, float c, float d, float e, float f, float g, float h) =>
        throw new NotSupportedException();

    /// <summary>Sixteen of them. Both exist on OpenCL only: the CPU accelerator has vectors, GPUs use four lanes at most.</summary>
    [IntrinsicImplementation]
    public static void StoreBytes(
        ref byte target, float a, float b, float c, float d, float e, float f, float g, float h, float i, float j, float k, float l, float m,
        float n, float o, float p) => throw new NotSupportedException();

    internal static void GenerateStoreBytes(CLBackend backend, CLCodeGenerator generator, Value value)
    {
        var call = (MethodCall)value;
        int count = call.Count - 1;
        using var statement = generator.BeginStatement((RawString)$"*(global uchar{count}*)(");
        statement.AppendArgument(generator.Load(call[0]));
        statement.AppendCommand($") = convert_uchar{count}((float{count})(");
        for (int i = 1; i <= count; i++)
        {
            if (i > 1) statement.AppendCommand(", ");
            statement.AppendArgument(generator.Load(call[i]));
        }

        statement.AppendCommand("))");
    }

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
