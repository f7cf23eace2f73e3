using System.Globalization;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.IR.Values;

namespace Idsnn.Kernels.TensorCores;

/// <summary>Single PTX instructions that ILGPU has no name for; each method becomes the instruction that its generator writes.</summary>
public static class TensorInstructions
{
    private const string Only = "this instruction exists on NVIDIA GPUs only";

    /// <summary>Declares the group's <see cref="Tile.SharedBytes"/> of shared memory.</summary>
    /// <returns>Their address.</returns>
    [IntrinsicImplementation]
    public static int SharedMemory() => throw new NotSupportedException(Only);

    /// <summary>ld.shared of 4 bytes.</summary>
    [IntrinsicImplementation]
    public static uint LoadWord(int shared) => throw new NotSupportedException(Only);

    /// <summary>cp.async of 4 bytes; zero for the bytes beyond <paramref name="bytes"/>.</summary>
    [IntrinsicImplementation]
    public static void CopyWord(int shared, ref uint source, int bytes) => throw new NotSupportedException(Only);

    /// <summary>cp.async of 16 bytes; zeros for the bytes beyond <paramref name="bytes"/>.</summary>
    [IntrinsicImplementation]
    public static void CopyChunk(int shared, ref uint source, int bytes) => throw new NotSupportedException(Only);

    /// <summary>ldmatrix.x4.</summary>
    [IntrinsicImplementation]
    public static U4 LoadMatrices(int shared) => throw new NotSupportedException(Only);

    /// <summary>ldmatrix.x4.trans.</summary>
    [IntrinsicImplementation]
    public static U4 LoadTransposed(int shared) => throw new NotSupportedException(Only);

    /// <summary>cvt.rna.tf32.f32: the nearest tf32, ties away from zero.</summary>
    [IntrinsicImplementation]
    public static uint RoundToTf32(float number) => throw new NotSupportedException(Only);

    /// <summary>mma.sync.m16n8k8 with tf32 operands and float32 sums.</summary>
    [IntrinsicImplementation]
    public static F4 MultiplyAddTf32(F4 c, U4 a, uint b0, uint b1) => throw new NotSupportedException(Only);

    /// <summary>mma.sync.m16n8k16 with bf16 operands and float32 sums.</summary>
    [IntrinsicImplementation]
    public static F4 MultiplyAddBFloat16(F4 c, U4 a, uint b0, uint b1) => throw new NotSupportedException(Only);

    internal static void Register(IntrinsicImplementationManager manager)
    {
        foreach (var (name, generator) in new[]
        {
            (nameof(SharedMemory), nameof(GenerateSharedMemory)), (nameof(LoadWord), nameof(GenerateLoadWord)),
            (nameof(CopyWord), nameof(GenerateCopyWord)), (nameof(CopyChunk), nameof(GenerateCopyChunk)),
            (nameof(LoadMatrices), nameof(GenerateLoadMatrices)), (nameof(LoadTransposed), nameof(GenerateLoadTransposed)),
            (nameof(RoundToTf32), nameof(GenerateRoundToTf32)), (nameof(MultiplyAddTf32), nameof(GenerateMultiplyAddTf32)),
            (nameof(MultiplyAddBFloat16), nameof(GenerateMultiplyAddBFloat16)),
        })
        {
            manager.RegisterMethod(
                typeof(TensorInstructions).GetMethod(name)!,
                new PTXIntrinsic(typeof(TensorInstructions), generator, IntrinsicImplementationMode.GenerateCode));
        }
    }

    internal static void GenerateSharedMemory(PTXBackend backend, PTXCodeGenerator generator, Value value)
    {
        const string name = "idsnn_tiles";
        generator.Builder.AppendLine(CultureInfo.InvariantCulture, $"\t.shared .align 128 .b8 {name}[{Tile.SharedBytes}];");
        var target = generator.AllocateHardware(value);
        using var command = generator.BeginCommand("mov.u32");
        command.AppendArgument(target);
        command.AppendRawValueReference(name);
    }

    internal static void GenerateLoadWord(PTXBackend backend, PTXCodeGenerator generator, Value value)
    {
        var shared = Hardware(generator, ((MethodCall)value)[0]);
        var target = generator.AllocateHardware(value);
        using var command = generator.BeginCommand("ld.shared.u32");
        command.AppendArgument(target);
        command.AppendArgumentValue(shared);
    }

    internal static void GenerateCopyWord(PTXBackend backend, PTXCodeGenerator generator, Value value) =>
        GenerateCopy(generator, value, "cp.async.ca.shared.global", 4);

    internal static void GenerateCopyChunk(PTXBackend backend, PTXCodeGenerator generator, Value value) =>
        GenerateCopy(generator, value, "cp.async.cg.shared.global", 16);

    internal static void GenerateLoadMatrices(PTXBackend backend, PTXCodeGenerator generator, Value value) =>
        GenerateLoad(generator, value, "ldmatrix.sync.aligned.m8n8.x4.shared.b16");

    internal static void GenerateLoadTransposed(PTXBackend backend, PTXCodeGenerator generator, Value value) =>
        GenerateLoad(generator, value, "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16");

    internal static void GenerateRoundToTf32(PTXBackend backend, PTXCodeGenerator generator, Value value)
    {
        var number = Hardware(generator, ((MethodCall)value)[0]);
        var target = generator.AllocateHardware(value);
        using var command = generator.BeginCommand("cvt.rna.tf32.f32");
        command.AppendArgument(target);
        command.AppendArgument(number);
    }

    internal static void GenerateMultiplyAddTf32(PTXBackend backend, PTXCodeGenerator generator, Value value) =>
        GenerateMultiplyAdd(generator, value, "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32");

    internal static void GenerateMultiplyAddBFloat16(PTXBackend backend, PTXCodeGenerator generator, Value value) =>
        GenerateMultiplyAdd(generator, value, "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32");

    private static void GenerateMultiplyAdd(PTXCodeGenerator generator, Value value, string instruction)
    {
        var call = (MethodCall)value;
        var sums = Children(generator, call[0]);
        var left = Children(generator, call[1]);
        PTXCodeGenerator.PrimitiveRegister[] right = [Hardware(generator, call[2]), Hardware(generator, call[3])];
        var target = Children((PTXCodeGenerator.CompoundRegister)generator.Allocate(call));
        using var command = generator.BeginCommand(instruction);
        command.AppendVectorArgument(target);
        command.AppendVectorArgument(left);
        command.AppendVectorArgument(right);
        command.AppendVectorArgument(sums);
    }

    private static void GenerateCopy(PTXCodeGenerator generator, Value value, string instruction, int bytes)
    {
        var call = (MethodCall)value;
        var shared = Hardware(generator, call[0]);
        var source = Hardware(generator, call[1]);
        var inside = Hardware(generator, call[2]);
        using var command = generator.BeginCommand(instruction);
        command.AppendArgumentValue(shared);
        command.AppendArgumentValue(source);
        command.AppendConstant((long)bytes);
        command.AppendArgument(inside);
    }

    private static void GenerateLoad(PTXCodeGenerator generator, Value value, string instruction)
    {
        var call = (MethodCall)value;
        var shared = Hardware(generator, call[0]);
        var target = Children((PTXCodeGenerator.CompoundRegister)generator.Allocate(call));
        using var command = generator.BeginCommand(instruction);
        command.AppendVectorArgument(target);
        command.AppendArgumentValue(shared);
    }

    private static PTXCodeGenerator.HardwareRegister Hardware(PTXCodeGenerator generator, Value value) =>
        generator.EnsureHardwareRegister(generator.LoadPrimitive(value));

    private static PTXCodeGenerator.PrimitiveRegister[] Children(PTXCodeGenerator generator, Value value) =>
        [.. Children((PTXCodeGenerator.CompoundRegister)generator.Load(value)).Select(generator.EnsureHardwareRegister)];

    private static PTXCodeGenerator.PrimitiveRegister[] Children(PTXCodeGenerator.CompoundRegister register) =>
        register.SliceAs<PTXCodeGenerator.PrimitiveRegister>(0, register.NumChildren);
}
