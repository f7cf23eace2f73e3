using System.Reflection;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;

namespace Idsnn.Kernels.Vendor;

/// <summary>
/// Tells ILGPU how each device computes the lane types: OpenCL has vectors for their arithmetic, the rest and PTX get the nested scalar
/// code, the CPU accelerator (which runs a kernel's .NET code as it is) gets hardware vectors.
/// </summary>
public static class LaneIntrinsics
{
    private const BindingFlags Members = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static;

    /// <summary>Registers the intrinsics; every context that compiles kernels of this project needs it.</summary>
    /// <param name="builder">The context being built.</param>
    public static void Register(Context.Builder builder)
    {
        var manager = builder.GetIntrinsicManager();
        TensorInstructions.Register(manager);
        RawMemory.Register(manager);
        var fma = typeof(Scalar).GetMethod(nameof(Scalar.Fma))!;
        manager.RegisterMethod(fma, new CLIntrinsic(
            typeof(Scalar), nameof(Scalar.GenerateOpenCL), IntrinsicImplementationMode.GenerateCode));
        manager.RegisterMethod(fma, new PTXIntrinsic(
            typeof(Scalar), nameof(Scalar.GeneratePtx), IntrinsicImplementationMode.GenerateCode));

        foreach (var (lanes, onDevice) in new[]
        {
            (typeof(F4), typeof(F4.OnDevice)), (typeof(F8), typeof(F8.OnDevice)), (typeof(F16), typeof(F16.OnDevice)),
        })
        {
            foreach (var target in onDevice.GetMethods(Members | BindingFlags.DeclaredOnly))
            {
                var method = lanes.GetMethod(target.Name, Members, [.. target.GetParameters().Select(p => p.ParameterType)])!;
                manager.RegisterMethod(method, typeof(OpenClLanes).GetMethod(target.Name, Members) is { } writer
                    ? new CLIntrinsic(writer, IntrinsicImplementationMode.GenerateCode)
                    : new CLIntrinsic(target, IntrinsicImplementationMode.Redirect));
                manager.RegisterMethod(method, new PTXIntrinsic(target, IntrinsicImplementationMode.Redirect));
            }
        }
    }
}
