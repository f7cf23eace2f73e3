namespace Idsnn.Models;

/// <summary>How pixels in [0, 1] were normalised: (x − Mean)/Std per channel.</summary>
/// <param name="Mean">Per channel.</param>
/// <param name="Std">Per channel.</param>
public sealed record Normalization(float[] Mean, float[] Std);
