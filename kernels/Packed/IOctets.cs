using ILGPU;

namespace Idsnn.Kernels.Packed;

/// <summary>Eight neighbouring numbers, as kernels over packed tensors see them: eight channels of one pixel.</summary>
public interface IOctets
{
    /// <summary>Numbers 8·<paramref name="octet"/> and the seven after it.</summary>
    F8 Load(int octet);
}

/// <summary>What a tensor may hold.</summary>
public interface IStoredOctets : IOctets;

/// <summary>What is added to a neuron's input, or nothing.</summary>
public interface IResidualOctets : IOctets;

/// <summary>bf16: sixteen bytes an octet.</summary>
/// <param name="view">The numbers.</param>
public readonly struct BFloat16Octets(ArrayView<U4> view) : IStoredOctets, IResidualOctets
{
    /// <inheritdoc/>
    public F8 Load(int octet)
    {
        U4 words = view[octet];
        return new F8(Half(words.X, words.Y), Half(words.Z, words.W));
    }

    /// <summary>Rounds and stores an octet.</summary>
    public void Store(int octet, F8 value) => view[octet] = new U4(
        BFloat16.Pack(value.Low.X, value.Low.Y), BFloat16.Pack(value.Low.Z, value.Low.W),
        BFloat16.Pack(value.High.X, value.High.Y), BFloat16.Pack(value.High.Z, value.High.W));

    private static F4 Half(uint first, uint second) =>
        new(BFloat16.Lower(first), BFloat16.Upper(first), BFloat16.Lower(second), BFloat16.Upper(second));
}

/// <summary>Spikes as bits: a byte an octet, the first spike in the lowest bit.</summary>
/// <param name="view">The spikes.</param>
public readonly struct BitOctets(ArrayView<byte> view) : IStoredOctets, IResidualOctets
{
    /// <inheritdoc/>
    public F8 Load(int octet)
    {
        int bits = view[octet];
        return new F8(Half(bits), Half(bits >> 4));
    }

    /// <summary>Stores an octet of zeros and ones.</summary>
    public void Store(int octet, F8 value) => view[octet] = (byte)(Bits(value.Low) | (Bits(value.High) << 4));

    private static F4 Half(int bits) => new(bits & 1, (bits >> 1) & 1, (bits >> 2) & 1, (bits >> 3) & 1);

    private static int Bits(F4 value) => (int)value.X | ((int)value.Y << 1) | ((int)value.Z << 2) | ((int)value.W << 3);
}

/// <summary>Spikes, or sums of them, a byte each.</summary>
/// <param name="view">The spikes.</param>
public readonly struct ByteOctets(ArrayView<byte> view) : IStoredOctets
{
    /// <inheritdoc/>
    public F8 Load(int octet) => F8.FromBytes(view, octet * 8);
}

/// <summary>Float32.</summary>
/// <param name="view">The numbers.</param>
public readonly struct FloatOctets(ArrayView<float> view) : IStoredOctets
{
    /// <inheritdoc/>
    public F8 Load(int octet) => view.As<F8>()[octet];
}

/// <summary>Nothing is read.</summary>
public readonly struct NoOctets : IResidualOctets
{
    /// <inheritdoc/>
    public F8 Load(int octet) => F8.Broadcast(0f);
}
