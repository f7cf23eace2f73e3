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
}
