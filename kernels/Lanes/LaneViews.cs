using ILGPU;

namespace Idsnn.Kernels.Lanes;

/// <summary>Float views seen as lanes.</summary>
public static class LaneViews
{
    /// <summary>The view as lanes; its start must be a multiple of the lane count.</summary>
    public static ArrayView<V> As<V>(this ArrayView<float> view)
        where V : unmanaged, ILanes<V> => view.Cast<V>();
}
