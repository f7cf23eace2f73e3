using Idsnn.Engine;
using ILGPU;

namespace Idsnn.Tests;

/// <summary>The base of fixtures that run tensor-core kernels on the emulation of a warp.</summary>
public abstract class EmulatedTests
{
    private static readonly Lazy<Device> Opened = new(DeviceCatalog.OpenEmulation);

    private TensorScope? scope;

    /// <summary>The device under test.</summary>
    protected static Device Device => Opened.Value;

    /// <summary>Opens the test's scope.</summary>
    [SetUp]
    public void OpenScope() => scope = Device.Scope();

    /// <summary>Closes the test's scope.</summary>
    [TearDown]
    public void CloseScope() => scope?.Dispose();

    /// <summary>Numbers as bf16, rounded as the device rounds them.</summary>
    internal static float[] Round(float[] numbers) =>
        [.. numbers.Select(x => Kernels.Packed.BFloat16.Upper(Kernels.Packed.BFloat16.Pack(0f, x)))];

    /// <summary>bf16 numbers as pairs in words.</summary>
    internal static ArrayView<uint> Pairs(float[] numbers) =>
        Words([.. Enumerable.Range(0, numbers.Length / 2).Select(i => Kernels.Packed.BFloat16.Pack(numbers[2 * i], numbers[(2 * i) + 1]))]);

    /// <summary>Numbers as tf32: to ten bits of the mantissa, by arithmetic.</summary>
    internal static float[] RoundToTf32(float[] numbers) => [.. numbers.Select(x =>
    {
        double unit = Math.ScaleB(1, Math.ILogB(x == 0f ? 1.0 : x) - 10);
        return (float)(Math.Round(x / unit, MidpointRounding.AwayFromZero) * unit);
    })];

    /// <summary>Numbers, one in a word.</summary>
    internal static ArrayView<uint> Singles(float[] numbers) => Words([.. numbers.Select(BitConverter.SingleToUInt32Bits)]);

    /// <summary>Sums of spikes as bytes, 4 in a word.</summary>
    internal static ArrayView<uint> Bytes(float[] spikes) =>
        Words([.. spikes.Chunk(4).Select(word => BitConverter.ToUInt32([.. word.Select(spike => (byte)spike)]))]);

    /// <summary>Spikes as bits, 32 in a word.</summary>
    internal static ArrayView<uint> Bits(float[] spikes) => Words(
        [.. spikes.Chunk(32).Select(word => word.Select((spike, bit) => spike == 0f ? 0u : 1u << bit).Aggregate((a, b) => a | b))]);

    /// <summary>Words of device memory that hold no number.</summary>
    internal static ArrayView<uint> Unwritten(int words) => Words([.. Enumerable.Repeat(0xffffffffu, words)]);

    /// <summary>The numbers of words that hold bf16 pairs.</summary>
    internal static float[] Numbers(ArrayView<uint> words)
    {
        uint[] pairs = new uint[words.Length];
        Device.Download(words, pairs);
        return [.. pairs.SelectMany(pair => new[] { Kernels.Packed.BFloat16.Lower(pair), Kernels.Packed.BFloat16.Upper(pair) })];
    }

    /// <summary>The numbers of words that hold one each.</summary>
    internal static float[] Floats(ArrayView<uint> words)
    {
        uint[] numbers = new uint[words.Length];
        Device.Download(words, numbers);
        return [.. numbers.Select(BitConverter.UInt32BitsToSingle)];
    }

    /// <summary>Words in device memory, of the test's scope.</summary>
    protected static ArrayView<uint> Words(uint[] words)
    {
        var view = Tensor.Empty(Device, [words.Length]).View.Cast<uint>();
        Device.Upload(view, words);
        return view;
    }
}
