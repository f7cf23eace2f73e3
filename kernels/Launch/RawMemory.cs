using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.IR.Values;

namespace Idsnn.Kernels.Launch;

/// <summary>
/// Device memory by address, for tables of tensors. On CUDA and on the CPU accelerator, whose buffers have addresses; OpenCL's have none.
/// </summary>
public static class RawMemory
{
    /// <summary>The float at an address.</summary>
    [IntrinsicImplementation]
    public static unsafe float Load(long address) => *(float*)address;

    /// <summary>Stores a float at an address.</summary>
    [IntrinsicImplementation]
    public static unsafe void Store(long address, float value) => *(float*)address = value;

    internal static void Register(IntrinsicImplementationManager manager)
    {
        manager.RegisterMethod(
            typeof(RawMemory).GetMethod(nameof(Load))!,
            new PTXIntrinsic(typeof(RawMemory), nameof(GenerateLoad), IntrinsicImplementationMode.GenerateCode));
        manager.RegisterMethod(
            typeof(RawMemory).GetMethod(nameof(Store))!,
            new PTXIntrinsic(typeof(RawMemory), nameof(GenerateStore), IntrinsicImplementationMode.GenerateCode));
    }

    internal static void GenerateLoad(PTXBackend backend, PTXCodeGenerator generator, Value value)
    {
        var address = generator.LoadHardware(((MethodCall)value)[0]);
        var target = generator.AllocateHardware(value);
        using var command = generator.BeginCommand("ld.global.f32");
        command.AppendArgument(target);
        command.AppendArgumentValue(address);
    }

    internal static void GenerateStore(PTXBackend backend, PTXCodeGenerator generator, Value value)
    {
        var call = (MethodCall)value;
        var address = generator.LoadHardware(call[0]);
        var number = generator.EnsureHardwareRegister(generator.LoadPrimitive(call[1]));
        using var command = generator.BeginCommand("st.global.f32");
        command.AppendArgumentValue(address);
        command.AppendArgument(number);
    }
}
