using Idsnn.Engine;

namespace Idsnn.Tests;

public sealed class OpenClQuirksTests
{
    [Test]
    public void TheSourceDoesNotDependOnWhatWasCompiledBefore()
    {
        static string Source(int type, int label) =>
            $"struct type_{type}_kernel; typedef global struct type_{type}* type_{type + 7};\n"
            + $"goto L_{label}1; L_{label}2: ; field_3 view_0 var12 L_{label}1: ;";
        Assert.That(OpenClQuirks.Renumber(Source(3117, 25)), Is.EqualTo(OpenClQuirks.Renumber(Source(9, 400))));
        Assert.That(
            OpenClQuirks.Renumber(Source(3117, 25)),
            Is.EqualTo(
                "struct type_0_kernel; typedef global struct type_0* type_1;\ngoto L_2; L_3: ; field_3 view_0 var12 L_2: ;"));
    }

    [TestCase("if (a < b) { x = fma(min(a, b), 2, exp(c)); } while (as_int(f) < 3) ; void Kernel_Walk(", false)]
    [TestCase("size_t i = get_local_id(0) + get_group_id(0);", false)]
    [TestCase("x = floor(y);", true)]
    [TestCase("size_t i = get_global_id(0);", true)]
    [TestCase("barrier(1);", true)]
    public void TheHeaderIsReadForWhatIsNotDeclared(string source, bool read)
    {
        string declared = PoclHeader.Declare(source);
        Assert.That(declared, Does.EndWith(source));
        Assert.That(declared.Contains("#include", StringComparison.Ordinal), Is.EqualTo(read));
    }
}
