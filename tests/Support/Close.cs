namespace Idsnn.Tests;

/// <summary>Agreement of the engine's float32 numbers with a double reference.</summary>
internal static class Close
{
    /// <summary>What a value that is zero in exact arithmetic may come to by rounding.</summary>
    private const double Floor = 1e-6;

    /// <summary>Fails unless ‖actual − expected‖ is at most tolerance·‖expected‖.</summary>
    public static void To(double[] expected, float[] actual, double tolerance, string what)
    {
        Assert.That(actual, Has.Length.EqualTo(expected.Length), $"{what}: number of elements");
        double error = 0, norm = 0;
        int worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double d = actual[i] - expected[i];
            error += d * d;
            norm += expected[i] * expected[i];
            if (Math.Abs(d) > Math.Abs(actual[worst] - expected[worst])) worst = i;
        }

        // Not Is.LessThanOrEqualTo, which lets not-a-number through.
        Assert.That(
            Math.Sqrt(error) <= (tolerance * Math.Sqrt(norm)) + Floor,
            Is.True,
            $"{what}: ‖error‖ = {Math.Sqrt(error)} against ‖expected‖ = {Math.Sqrt(norm)}; worst at {worst}: {actual[worst]} for "
                + $"{expected[worst]}");
    }

    /// <summary>The numbers in double.</summary>
    public static double[] Widen(this float[] numbers) => Array.ConvertAll(numbers, x => (double)x);
}
