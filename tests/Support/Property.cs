using CsCheck;

namespace Idsnn.Tests;

/// <summary>Property tests whose samples are the same in every run.</summary>
internal static class Property
{
    /// <summary>
    /// Checks the property on some samples. CsCheck's own iterations draw their seeds from the clock, so each has one here.
    /// </summary>
    public static void Holds<T>(Gen<T> gen, int samples, Action<T> property)
    {
        for (uint i = 0; i < samples; i++)
        {
            gen.Sample(property, seed: new PCG(i, 20).ToString(), iter: 1, threads: 1);
        }
    }
}
