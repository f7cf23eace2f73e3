using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Idsnn.Engine;
using Idsnn.Kernels.Launch;
using Idsnn.Kernels.Vendor;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.OpenCL;

namespace Idsnn.Tests;

/// <summary>What ILGPU still lacks. A test that fails here says that a newer ILGPU has it, and what can go.</summary>
public sealed class WorkaroundTests
{
    [TestCase(typeof(CLCompiledKernel), nameof(CLCompiledKernel.Source))]
    [TestCase(typeof(PTXCompiledKernel), nameof(PTXCompiledKernel.PTXAssembly))]
    public void TheTextOfAKernelCannotBeSet(Type kernel, string property) => Assert.That(
        kernel.GetProperty(property)!.SetMethod?.IsPublic, Is.Not.True, "KernelText can use the setter instead of the field behind it");

    [Test]
    public void ThatPoclHasGenericAddressesCannotBeSaid() => Assert.That(
        typeof(CLCapabilityContext).GetProperty(nameof(CLCapabilityContext.GenericAddressSpace))!.SetMethod?.IsPublic, Is.Not.True,
        "OpenClQuirks.Apply can use the setter");

    [Test]
    public void BranchesThatDivergeAreMarkedUniform()
    {
        using var context = DeviceCatalog.CreateContext();
        using var compiler = new PtxCompiler(context);
        var kernel = KernelCatalog.All(1).First(variant => variant.Name.StartsWith("Conv2DForward", StringComparison.Ordinal));

        Assert.That(compiler.Translate(kernel), Does.Contain("bra.uni"), "PtxText can go, where no branch is uniform that should not be");
    }

    /// <summary>The loader finds no libcuda.so and no libOpenCL.so where only the drivers are installed.</summary>
    [TestCase("cuda")]
    [TestCase("OpenCL")]
    public void TheDriversLibrariesAreAskedForWithoutTheirVersion(string name)
    {
        using var file = new PEReader(File.OpenRead(typeof(Context).Assembly.Location));
        var metadata = file.GetMetadataReader();
        var libraries = Enumerable.Range(1, metadata.GetTableRowCount(TableIndex.ModuleRef))
            .Select(row => metadata.GetString(metadata.GetModuleReference(MetadataTokens.ModuleReferenceHandle(row)).Name));

        Assert.That(libraries, Does.Contain(name), "NativeLibraries may no longer be needed");
    }
}
