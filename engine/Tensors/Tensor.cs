using ILGPU;

namespace Idsnn.Engine;

/// <summary>
/// Numbers or spikes on a device, dense, last dimension fastest. A tensor is a handle: several may share memory, which goes back to the
/// pool when the last is disposed. Dispose early to save memory, or let a <see cref="TensorScope"/> do it.
/// </summary>
public sealed class Tensor : IDisposable
{
    private readonly Storage storage;
    private bool ownsGradient;
    private bool disposed;

    private Tensor(Device device, Shape shape, ElementKind kind, Storage storage, GradientSlot? slot)
    {
        Device = device;
        Kind = kind;
        Shape = shape;
        this.storage = storage;
        Slot = slot;
    }

    /// <summary>Where it lies.</summary>
    public Device Device { get; }

    /// <summary>Its extents.</summary>
    public Shape Shape { get; }

    /// <summary>How the elements are kept.</summary>
    public ElementKind Kind { get; }

    /// <summary>Whether the elements are spikes (or small sums of them), a byte each on the device, instead of float32.</summary>
    public bool IsSpikeBytes => Kind == ElementKind.Spikes;

    /// <summary>Whether a backward pass computes its gradient.</summary>
    public bool RequiresGradient => Slot is not null;

    /// <summary>The gradient that the last backward pass left; null before, and for tensors that are no parameters.</summary>
    /// <exception cref="ObjectDisposedException">The tensor was disposed, and its gradient with it.</exception>
    public Tensor? Gradient => disposed ? throw Disposed() : Slot?.Gradient;

    /// <summary>
    /// The elements of a tensor in float32, for kernels of a <see cref="CustomOp"/>, and what follows them up to a multiple of 16. Kernels
    /// write to tensors that are new and read all others.
    /// </summary>
    /// <exception cref="InvalidOperationException">The elements are not kept in float32.</exception>
    public ArrayView<float> Elements => PaddedView;

    internal GradientSlot? Slot { get; private set; }

    /// <summary>Whether other tensors share its memory.</summary>
    internal bool SharesMemory => storage.Shared;

    /// <summary>The elements.</summary>
    internal ArrayView<float> View => Floats.SubView(0, Shape.Size);

    /// <summary>The elements of spikes, and what follows them up to a multiple of 16.</summary>
    internal ArrayView<byte> SpikeView => Of(ElementKind.Spikes).Cast<byte>().SubView(0, PaddedCount);

    /// <summary>The elements and what follows them up to a multiple of 16, for kernels that go element by element.</summary>
    internal ArrayView<float> PaddedView => Floats.SubView(0, PaddedCount);

    internal int PaddedCount => (Shape.Size + 15) / 16 * 16;

    /// <summary>Where the elements lie, on devices whose buffers have addresses.</summary>
    internal long Address => Live.Buffer.NativePtr;

    /// <summary>The elements as bf16 octets; the last may hold whatever the memory held.</summary>
    internal BFloat16Octets BFloat16 => new(Of(ElementKind.BFloat16).Cast<U4>());

    /// <summary>The elements as octets of bits.</summary>
    internal BitOctets Bits => new(Of(ElementKind.SpikeBits).Cast<byte>());

    /// <summary>The words that hold the elements, of whatever kind.</summary>
    internal ArrayView<uint> Words => Of(Kind).Cast<uint>();

    /// <summary>Octets, the last of which may hold whatever the memory held.</summary>
    internal int Octets => (Shape.Size + 7) / 8;

    private ArrayView<float> Floats => Of(ElementKind.Full);

    private PoolBlock Live => disposed ? throw Disposed() : storage.Block;

    private ArrayView<float> Of(ElementKind kind) => Kind == kind
        ? Live.Floats
        : throw new InvalidOperationException($"the tensor {Shape} holds {Name(Kind)} where {Name(kind)} are wanted");

    private static string Name(ElementKind kind) => kind switch
    {
        ElementKind.Spikes => "spikes",
        ElementKind.SpikeBits => "spikes in bits",
        ElementKind.BFloat16 => "bf16 numbers",
        _ => "numbers",
    };

    /// <summary>A tensor whose elements are whatever the memory held.</summary>
    public static Tensor Empty(Device device, Shape shape) => Track(Untracked(device, shape));

    /// <summary>The same of any kind of elements.</summary>
    internal static Tensor Empty(Device device, Shape shape, ElementKind kind) => Track(Untracked(device, shape, kind));

    /// <summary>Another handle to the same elements, of the open scope.</summary>
    internal static Tensor Adopt(Tensor tensor) => Track(tensor.Share(tensor.Shape));

    /// <summary>The same, whatever scope is open.</summary>
    internal static Tensor Untracked(Device device, Shape shape, ElementKind kind = ElementKind.Full)
    {
        int perFloat = kind switch { ElementKind.BFloat16 => 2, ElementKind.Spikes => 4, ElementKind.SpikeBits => 32, _ => 1 };
        return new(device, shape, kind, new Storage(device.Memory, (shape.Size + perFloat - 1) / perFloat), null);
    }

    /// <summary>Spikes whose values are whatever the memory held.</summary>
    internal static Tensor EmptySpikes(Device device, Shape shape) => Empty(device, shape, ElementKind.Spikes);

    /// <summary>The same, whatever scope is open.</summary>
    internal static Tensor UntrackedSpikes(Device device, Shape shape) => Untracked(device, shape, ElementKind.Spikes);

    /// <summary>A tensor of equal elements.</summary>
    public static Tensor Full(Device device, Shape shape, float value)
    {
        var tensor = Empty(device, shape);
        tensor.Fill(value);
        return tensor;
    }

    /// <summary>A tensor with the given elements.</summary>
    /// <exception cref="ArgumentException">The number of elements is not the shape's.</exception>
    public static Tensor From(Device device, Shape shape, ReadOnlySpan<float> elements)
    {
        var tensor = Empty(device, shape);
        tensor.CopyFrom(elements);
        return tensor;
    }

    /// <summary>A tensor that lives until it is disposed, whatever scope is open, and collects gradients: a model's parameter.</summary>
    public static Tensor Parameter(Device device, Shape shape, ReadOnlySpan<float> elements)
    {
        var tensor = Persistent(device, shape, elements);
        tensor.Slot = new GradientSlot(shape);
        tensor.ownsGradient = true;
        return tensor;
    }

    /// <summary>A tensor that lives until it is disposed, whatever scope is open, such as running statistics.</summary>
    public static Tensor Persistent(Device device, Shape shape, ReadOnlySpan<float> elements)
    {
        // Before memory is rented: no scope would return it.
        RequireAll(shape, elements);
        using var memory = device.Memory.UseCommon();
        var tensor = Untracked(device, shape);
        tensor.CopyFrom(elements);
        return tensor;
    }

    /// <summary>Copies the elements to the device.</summary>
    /// <exception cref="ArgumentException">The number of elements is not the shape's.</exception>
    public void CopyFrom(ReadOnlySpan<float> elements)
    {
        RequireAll(Shape, elements);
        Device.Upload(View, elements);
        Changed();
    }

    /// <summary>Waits for the elements and copies them to a new array.</summary>
    public float[] ToArray()
    {
        var elements = new float[Shape.Size];
        if (IsSpikeBytes)
        {
            var bytes = new byte[Shape.Size];
            Device.Download(SpikeView.SubView(0, bytes.Length), bytes);
            for (int i = 0; i < bytes.Length; i++) elements[i] = bytes[i];
        }
        else
        {
            using var numbers = Ops.ToFloats(this);
            Device.Download(numbers.View, elements);
        }

        return elements;
    }

    /// <summary>The only element.</summary>
    public float Item()
    {
        Require.That(Shape.Size == 1, $"Item: expects one element, got shape {Shape}");
        return ToArray()[0];
    }

    /// <summary>The same elements under another shape; memory and gradient are shared.</summary>
    /// <exception cref="ArgumentException">The shapes differ in their number of elements.</exception>
    public Tensor Reshape(Shape shape)
    {
        Require.That(shape.Size == Shape.Size, $"Reshape: {Shape} has {Shape.Size} elements, {shape} has {shape.Size}");
        return Track(new Tensor(Device, shape, Kind, Retained(), Slot));
    }

    /// <summary>Throws the gradient away.</summary>
    public void ClearGradient() => Slot?.Clear();

    /// <summary>Applies <paramref name="function"/> and disposes this tensor: how a chain of layers keeps no intermediate alive.</summary>
    public Tensor Then(Func<Tensor, Tensor> function)
    {
        var result = function(this);
        Dispose();
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed) return;
        storage.Release();
        disposed = true;
        if (ownsGradient) Slot!.Close();
    }

    /// <summary>Another handle to the same elements, outside any scope and without a gradient.</summary>
    internal Tensor Share(Shape shape) => new(Device, shape, Kind, Retained(), null);

    internal void Fill(float value)
    {
        Device.Launcher.Run(new Fill(PaddedView, value), Device.Launcher.Plan.Lanes(16), LaneItems);
        Changed();
    }

    /// <summary>Lane groups in <see cref="PaddedView"/>.</summary>
    internal int LaneItems => PaddedCount / Device.Launcher.Plan.Lanes(16);

    /// <summary>Something computed from the elements (packed weights), which is kept until they change.</summary>
    internal Tensor Derive(object key, Shape shape, Action<Tensor> compute, ElementKind kind = ElementKind.Full) =>
        storage.Derive(key, () => Untracked(Device, shape, kind), compute);

    /// <summary>Says that the elements changed.</summary>
    internal void Changed() => storage.Changed();

    internal void Attach(GradientSlot slot) => Slot = slot;

    private static void RequireAll(Shape shape, ReadOnlySpan<float> elements) => Require.That(
        elements.Length == shape.Size, $"a tensor of shape {shape} takes {shape.Size} elements, got {elements.Length}");

    private ObjectDisposedException Disposed() => new(nameof(Tensor), $"the tensor {Shape} was disposed");

    private static Tensor Track(Tensor tensor)
    {
        tensor.Device.CurrentScope?.Add(tensor);
        return tensor;
    }

    private Storage Retained()
    {
        _ = Live;
        return storage.Retain();
    }
}
