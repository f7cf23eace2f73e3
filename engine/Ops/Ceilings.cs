using Idsnn.Kernels;

namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>Keeps the device busy with multiply-adds in registers: <see cref="FmaCeiling"/> on each lane group of y.</summary>
    /// <param name="y">Overwritten; its size a multiple of 16.</param>
    public static void MultiplyAddCeiling(Tensor y)
    {
        int lanes = y.Device.Launcher.Plan.MaxLanes;
        y.Device.Launcher.Run(new FmaCeiling(y.View, 0.5f), lanes, y.Shape.Size / lanes);
    }
}
