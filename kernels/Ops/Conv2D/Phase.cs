namespace Idsnn.Kernels.Ops;

/// <summary>The input pixels (H + i·stride, W + j·stride), i below Rows and j below Columns.</summary>
/// <param name="H">First row.</param>
/// <param name="W">First column.</param>
/// <param name="Rows">Rows of the phase.</param>
/// <param name="Columns">Columns of the phase.</param>
public readonly record struct Phase(int H, int W, int Rows, int Columns);
