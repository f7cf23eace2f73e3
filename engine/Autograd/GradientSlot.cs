namespace Idsnn.Engine;

/// <summary>Where the gradients of one value are summed; the handles of the value share it.</summary>
internal sealed class GradientSlot(Shape shape, Node? producer = null)
{
    /// <summary>Of the value.</summary>
    public Shape Shape => shape;

    /// <summary>The operation whose output it is; null for a parameter.</summary>
    public Node? Producer => producer;

    public Tensor? Gradient { get; private set; }

    private bool closed;

    /// <summary>Adds a gradient, whose elements may come under another shape (of a reshaped handle).</summary>
    /// <exception cref="ObjectDisposedException">The parameter was disposed: nobody would free its gradient.</exception>
    public void Add(Tensor gradient)
    {
        if (closed)
        {
            throw new ObjectDisposedException(nameof(Tensor), $"the parameter {shape} was disposed before the backward pass reached it");
        }

        if (Gradient is null)
        {
            Gradient = gradient.Share(shape);
            return;
        }

        // In place, unless another slot reads the same memory (an addition hands one gradient to both its inputs).
        var sum = Gradient.SharesMemory ? Ops.AddInto(Gradient, gradient, null) : Ops.AddInto(Gradient, gradient, Gradient);
        if (sum != Gradient) Gradient.Dispose();
        Gradient = sum;
    }

    /// <summary>Hands the gradient over and forgets it.</summary>
    public Tensor? Take()
    {
        var gradient = Gradient;
        Gradient = null;
        return gradient;
    }

    public void Clear() => Take()?.Dispose();

    /// <summary>Throws the gradient away and takes no more.</summary>
    public void Close()
    {
        closed = true;
        Clear();
    }
}
