using Idsnn.Engine;
using Idsnn.Kernels.Launch;
using Idsnn.Kernels.Vendor;

namespace Idsnn.Tests;

/// <summary>Kernels as CUDA gets them, without a GPU.</summary>
public sealed class PtxCheckTests
{
    private static readonly Type[] Kinds = [typeof(IKernel), typeof(ILaneKernel), typeof(IGroupKernel)];

    private const string Report = """
        ptxas info    : 0 bytes gmem
        ptxas info    : Compiling entry function 'Kernel' for 'sm_90'
        ptxas info    : Function properties for Kernel
            16 bytes stack frame, 8 bytes spill stores, 12 bytes spill loads
        ptxas info    : Used 115 registers, 49152 bytes smem, 632 bytes cmem[0]
        """;

    [Test]
    public void EveryKernelCompilesAndNoBranchIsMarkedUniform()
    {
        using var context = DeviceCatalog.CreateContext();
        using var compiler = new PtxCompiler(context);
        var kernels = KernelCatalog.All(4).ToList();
        foreach (var kernel in kernels.Where(Shown))
        {
            Assert.That(compiler.Compile(kernel), Does.Contain(".entry").And.Not.Contain(".uni"), kernel.Name);
        }

        Assert.That(kernels.Select(k => k.Name), Is.Unique.And.SupersetOf(new[] { "Add ×4", "Conv2DForward ×1", "CrossEntropy" }));
        Assert.That(
            kernels.Select(k => k.Type.IsGenericType ? k.Type.GetGenericTypeDefinition() : k.Type).Distinct(),
            Is.EquivalentTo(typeof(IKernel).Assembly.GetTypes().Where(t => t.IsValueType && t.IsPublic
                && Array.Exists(Kinds, kind => kind.IsAssignableFrom(t)))));
    }

    /// <summary>Of the kernels that differ by surrogate and T alone, one for each neuron: the ptx verb compiles them all.</summary>
    private static bool Shown(KernelVariant kernel) => !kernel.Name.StartsWith("OctetLifBackward", StringComparison.Ordinal)
        || (kernel.Name.StartsWith("OctetLifBackward<BitOctets, ", StringComparison.Ordinal)
            && kernel.Name.EndsWith("Neuron, RectangleSurrogate, T4>", StringComparison.Ordinal));

    [Test]
    public void AReportIsRead()
    {
        Assert.That(PtxCheck.Parse("k", "sm_90", 0, Report), Is.EqualTo(new PtxReport("k", "sm_90", 115, 20, 16, 49152, null)));
        Assert.That(PtxCheck.Parse("k", "sm_90", 0, Report).Passed, Is.False, "it spills");
        Assert.That(PtxCheck.Parse("k", "sm_90", 0, "Used 7 registers").Passed);
        var refused = PtxCheck.Parse("k", "sm_80", 255, "ptxas x.ptx, line 3; error   : Unknown symbol\nptxas fatal   : aborted");
        Assert.That((refused.Passed, refused.Error), Is.EqualTo((false, "ptxas x.ptx, line 3; error   : Unknown symbol")));
    }

    [Test]
    public void AnAbsentAssemblerIsSaid() => Assert.That(
        () => PtxCheck.Run("no-such-ptxas", ["sm_80"], "Fill").ToList(),
        Throws.ArgumentException.With.Message.StartsWith("the assembler 'no-such-ptxas' cannot be run"));
}
