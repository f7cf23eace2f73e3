using Idsnn.Kernels.Vendor;

namespace Idsnn.Tests;

public sealed class OpenClMovesTests
{
    private const string Types = "struct type_1\n{\n\tfloat field_0;\n\tfloat field_1;\n\tfloat field_2;\n\tfloat field_3;\n};\n";

    [Test]
    public void WhatIsLoadedAndStoredIsAVector() =>
        Check(
            "\tstruct type_1 var1;\n\ttype_2 var2;\n\ttype_2 var3;\n\tvar1 =  *  var2;\n\t *  var3 =  var1;",
            "\tstruct type_1 var1;\n\ttype_2 var2;\n\ttype_2 var3;\n"
            + "\tLANES4(var1.field_0) = ((global lanes4*)var2)[0];\n\t((global lanes4*)var3)[0] = LANES4(var1.field_0);");

    [Test]
    public void WhatIsTakenFromAStructureIsAVector() =>
        Check(
            $"\tstruct type_1 var1;\n\tstruct type_1 var2;\n{Floats(10)}{Fields(10, 1)}{Fills(2, 10)}",
            $"\tstruct type_1 var1;\n\tstruct type_1 var2;\n{Floats(10)}\tLANES4(var2.field_0) = LANES4(var1.field_0);\n");

    [Test]
    public void WhatIsUsedBesideStaysAScalar() =>
        Check(
            $"\tstruct type_1 var1;\n\tstruct type_1 var2;\n{Floats(10)}{Fields(10, 1)}{Fills(2, 10)}\tvar50 = var11 + 1;",
            $"\tstruct type_1 var1;\n\tstruct type_1 var2;\n{Floats(10)}\tvar11 = var1.field_1;\n"
            + "\tLANES4(var2.field_0) = LANES4(var1.field_0);\n\tvar50 = var11 + 1;");

    [Test]
    public void WhatALoopCarriesIsAVector() =>
        Check(
            $"\tstruct type_1 var1;\n\tstruct type_1 var2;\n{Floats(10)}{Floats(20)}\tvar20 = "
                + $"0.0f;\n{Fields(10, 1)}{Moves(20, 10)}{Fills(2, 20)}\tvar50 = var22;",
            "\tstruct type_1 var1;\n\tstruct type_1 var2;\n" + Floats(10) + "\tfloat4 carried_var20;\n\tcarried_var20.s0 = 0.0f;\n"
            + "\tcarried_var20 = LANES4(var1.field_0);\n\tLANES4(var2.field_0) = carried_var20;\n\tvar50 = carried_var20.s2;");

    [Test]
    public void WhatALoopInALoopCarriesIsOneToo() =>
        Check(
            $"\tstruct type_1 var2;\n{Floats(20)}{Floats(30)}{Moves(30, 40)}{Moves(20, 30)}{Moves(30, 20)}{Fills(2, 20)}",
            "\tstruct type_1 var2;\n\tfloat4 carried_var20;\n\tfloat4 carried_var30;\n"
            + "\tcarried_var30.s0 = var40;\n\tcarried_var30.s1 = var41;\n\tcarried_var30.s2 = var42;\n\tcarried_var30.s3 = var43;\n"
            + "\tcarried_var20 = carried_var30;\n\tcarried_var30 = carried_var20;\n\tLANES4(var2.field_0) = carried_var20;\n");

    [Test]
    public void AnotherOrderIsNoMove()
    {
        string source = $"\tstruct type_1 var1;\n\tstruct type_1 var2;\n{Floats(10)}\n{Fields(10, 1)}"
            + "\tvar2.field_0 =  var11;\n\tvar2.field_1 =  var10;\n\tvar2.field_2 =  var12;\n\tvar2.field_3 =  var13;";
        Check(source, source.Replace("\n\n", "\n", StringComparison.Ordinal));
    }

    [Test]
    public void AStructureWithTwoValuesIsNotLookedThrough()
    {
        string source = $"\tstruct type_1 var1;\n\tstruct type_1 var2;\n{Floats(10)}{Fields(10, 1)}\tvar1 =  var3;\n{Fills(2, 10)}";
        Check(source, source);
    }

    private static string Floats(int first) => Four(i => $"\tfloat var{first + i};\n");

    private static string Fields(int first, int structure) => Four(i => $"\tvar{first + i} =  var{structure}.field_{i};\n");

    private static string Fills(int structure, int first) => Four(i => $"\tvar{structure}.field_{i} =  var{first + i};\n");

    private static string Moves(int to, int from) => Four(i => $"\tvar{to + i} = var{from + i};\n");

    private static string Four(Func<int, string> line) => string.Concat(Enumerable.Range(0, 4).Select(line));

    private static void Check(string source, string widened) =>
        Assert.That(Lines(OpenClMoves.Widen(Types + source)), Is.EqualTo(Lines(Types + widened)));

    private static string[] Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Replace("=  ", "= ", StringComparison.Ordinal))];
}
