namespace Idsnn.Kernels.Vendor;

/// <summary>What ILGPU's PTX needs before it is loaded.</summary>
public static class PtxText
{
    /// <summary>
    /// At O2, ILGPU marks branches as uniform that are not (those on kernel parameters and loop variables among them), and a divergent
    /// bra.uni is undefined. The plain forms cost nothing where the assembler can prove uniformity itself.
    /// </summary>
    public static string Edit(string ptx) => ptx
        .Replace("bra.uni", "bra", StringComparison.Ordinal)
        .Replace("ret.uni", "ret", StringComparison.Ordinal)
        .Replace("call.uni", "call", StringComparison.Ordinal);
}
