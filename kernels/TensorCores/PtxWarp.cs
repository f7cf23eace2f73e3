using ILGPU;
using ILGPU.Runtime.Cuda;

namespace Idsnn.Kernels.TensorCores;

/// <summary>The instructions of NVIDIA GPUs from sm_80 on: cp.async, ldmatrix, mma.sync.</summary>
public readonly struct PtxWarp : IWarp<PtxWarp>
{
    private readonly int origin;

    private PtxWarp(int origin) => this.origin = origin;

    /// <inheritdoc/>
    public static PtxWarp Create() => new(TensorInstructions.SharedMemory());

    /// <inheritdoc/>
    public void CopyWord(int to, ArrayView<uint> from, int index, bool inside) =>
        TensorInstructions.CopyWord(origin + to, ref from[inside ? index : 0], inside ? 4 : 0);

    /// <inheritdoc/>
    public void CopyChunk(int to, ArrayView<uint> from, int index, bool inside) =>
        TensorInstructions.CopyChunk(origin + to, ref from[inside ? index : 0], inside ? 16 : 0);

    /// <inheritdoc/>
    public void Commit()
    {
        CudaAsm.Emit("cp.async.commit_group;");

        // Threads whose pixels lay outside took other branches; ldmatrix and mma want the warp together.
        CudaAsm.Emit("bar.warp.sync 0xffffffff;");
    }

    /// <inheritdoc/>
    public void Wait() => CudaAsm.Emit("cp.async.wait_group 1;");

    /// <inheritdoc/>
    public uint LoadWord(int at) => TensorInstructions.LoadWord(origin + at);

    /// <inheritdoc/>
    public U4 LoadMatrices<TRows>(TRows rows)
        where TRows : struct, IRowAddresses => TensorInstructions.LoadMatrices(origin + rows.Of(Group.IdxX & 31));

    /// <inheritdoc/>
    public U4 LoadTransposed<TRows>(TRows rows)
        where TRows : struct, IRowAddresses => TensorInstructions.LoadTransposed(origin + rows.Of(Group.IdxX & 31));

    /// <inheritdoc/>
    public uint RoundToTf32(uint number) => TensorInstructions.RoundToTf32(Interop.IntAsFloat(number));

    /// <inheritdoc/>
    public void MultiplyAdd<TOperand>(ref WarpTile c, in LeftFragments a, in RightFragments b)
        where TOperand : struct, IOperand
    {
        c.C00 = TOperand.MultiplyAdd(c.C00, a.M0, b.N01.X, b.N01.Y);
        c.C01 = TOperand.MultiplyAdd(c.C01, a.M0, b.N01.Z, b.N01.W);
        c.C02 = TOperand.MultiplyAdd(c.C02, a.M0, b.N23.X, b.N23.Y);
        c.C03 = TOperand.MultiplyAdd(c.C03, a.M0, b.N23.Z, b.N23.W);
        c.C10 = TOperand.MultiplyAdd(c.C10, a.M1, b.N01.X, b.N01.Y);
        c.C11 = TOperand.MultiplyAdd(c.C11, a.M1, b.N01.Z, b.N01.W);
        c.C12 = TOperand.MultiplyAdd(c.C12, a.M1, b.N23.X, b.N23.Y);
        c.C13 = TOperand.MultiplyAdd(c.C13, a.M1, b.N23.Z, b.N23.W);
        c.C20 = TOperand.MultiplyAdd(c.C20, a.M2, b.N01.X, b.N01.Y);
        c.C21 = TOperand.MultiplyAdd(c.C21, a.M2, b.N01.Z, b.N01.W);
        c.C22 = TOperand.MultiplyAdd(c.C22, a.M2, b.N23.X, b.N23.Y);
        c.C23 = TOperand.MultiplyAdd(c.C23, a.M2, b.N23.Z, b.N23.W);
        c.C30 = TOperand.MultiplyAdd(c.C30, a.M3, b.N01.X, b.N01.Y);
        c.C31 = TOperand.MultiplyAdd(c.C31, a.M3, b.N01.Z, b.N01.W);
        c.C32 = TOperand.MultiplyAdd(c.C32, a.M3, b.N23.X, b.N23.Y);
        c.C33 = TOperand.MultiplyAdd(c.C33, a.M3, b.N23.Z, b.N23.W);
    }
}
