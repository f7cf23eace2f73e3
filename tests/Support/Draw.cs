using Idsnn.Engine;

namespace Idsnn.Tests;

/// <summary>Seeded float32 numbers; as floats, so that the engine and the double references start from the same values.</summary>
internal sealed class Draw(int seed)
{
    private readonly Random random = new(seed);

    /// <summary>A number in [low, high).</summary>
    public float Next(float low = -1f, float high = 1f) => low + ((high - low) * random.NextSingle());

    /// <summary>An integer in [0, bound).</summary>
    public int Index(int bound) => random.Next(bound);

    /// <summary>As many numbers as the shape has elements.</summary>
    public float[] Fill(Shape shape, float low = -1f, float high = 1f)
    {
        float[] numbers = new float[shape.Size];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = Next(low, high);
        return numbers;
    }

    /// <summary>An operand of random elements.</summary>
    public Operand Operand(string name, Shape shape, float low = -1f, float high = 1f) => new(name, shape, Fill(shape, low, high));
}
