namespace Idsnn.Engine;

/// <summary>Work that keeps a device busy and does nothing else, to measure its peaks with.</summary>
public static class PeakLoad
{
    /// <summary>Keeps the device busy with multiply-adds in registers: <see cref="FmaPeak"/> on each lane group of y.</summary>
    /// <param name="y">Overwritten; its size a multiple of 16.</param>
    public static void MultiplyAdd(Tensor y)
    {
        int lanes = y.Device.Launcher.Plan.VectorLanes;
        y.Device.Launcher.Run(new FmaPeak(y.View, 0.5f), lanes, y.Shape.Size / lanes);
    }

    /// <summary>Keeps tensor cores busy with products in registers: <see cref="TensorPeak{TWarp, TOperand}"/>.</summary>
    /// <typeparam name="TOperand">What is multiplied.</typeparam>
    /// <param name="y">Overwritten; its size a multiple of <see cref="TensorPeak.GroupFloats"/>.</param>
    /// <param name="rounds">Rounds.</param>
    public static void Products<TOperand>(Tensor y, int rounds)
        where TOperand : struct, IOperand
    {
        var launcher = y.Device.Launcher;
        int groups = y.Shape.Size / TensorPeak.GroupFloats;
        if (launcher.Plan.MatrixUnits == MatrixUnits.Emulated)
        {
            launcher.RunGroups(new TensorPeak<EmulatedWarp, TOperand>(y.View, rounds), groups);
        }
        else launcher.RunGroups(new TensorPeak<PtxWarp, TOperand>(y.View, rounds), groups);
    }
}
