namespace Idsnn.Engine;

/// <summary>
/// Records the operations of this thread, while it is the innermost, on tensors that require gradients; <see cref="Backward(Tensor)"/>
/// walks them in reverse. Without a tape nothing is recorded or saved.
/// </summary>
/// <example><code>
/// using var scope = device.Scope();
/// using var tape = new Tape();
/// var loss = Ops.CrossEntropy(model.Forward(x), labels);
/// tape.Backward(loss);
/// </code></example>
public sealed class Tape : IDisposable
{
    [ThreadStatic]
    private static Tape? current;

    private readonly Tape? outer = current;
    private readonly List<Node> nodes = [];
    private bool disposed;

    /// <summary>Starts recording.</summary>
    public Tape() => current = this;

    /// <summary>Suspends recording until the returned value is disposed.</summary>
    public static IDisposable NoGrad() => new Suspension();

    /// <summary>
    /// Runs every recorded operation backward from a scalar, leaving gradients in the parameters; the tape is empty after it.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The loss is not a scalar, nothing that requires gradients led to it, or this tape does not hold what led to it (any more).
    /// </exception>
    /// <exception cref="ObjectDisposedException">The tape was disposed.</exception>
    public void Backward(Tensor loss)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        Require.That(loss.Shape.Size == 1, $"Backward: expects a scalar loss, got shape {loss.Shape}");
        using var one = Tensor.Full(loss.Device, loss.Shape, 1f);
        Backward(loss, one);
    }

    /// <summary>The same from any output, given its gradient.</summary>
    /// <param name="output">What was recorded.</param>
    /// <param name="gradient">Of its shape.</param>
    /// <exception cref="ArgumentException">
    /// The shapes differ, nothing that requires gradients led to the output, or this tape does not hold what led to it (any more).
    /// </exception>
    /// <exception cref="ObjectDisposedException">The tape was disposed.</exception>
    public void Backward(Tensor output, Tensor gradient)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        Require.OneDevice("Backward", output.Device, gradient.Device);
        Require.That(output.Slot is not null, $"Backward: the loss depends on no parameter, or was computed without a tape");
        Require.That(
            output.Slot!.Producer?.IsOn(this) ?? true,
            $"Backward: what made {output.Shape} has run backward already, or is on another tape; compute it again under this one");
        Require.That(
            output.Shape == gradient.Shape, $"Backward: the gradient of {output.Shape} must have that shape, got {gradient.Shape}");
        using (NoGrad())
        {
            output.Slot.Add(gradient);
            for (int i = nodes.Count - 1; i >= 0; i--) nodes[i].Run();
        }

        nodes.Clear();
    }

    /// <summary>Stops recording and drops what was recorded; the tape around it, if any, records again.</summary>
    /// <exception cref="InvalidOperationException">It is not the innermost tape of this thread.</exception>
    public void Dispose()
    {
        if (disposed) return;
        RequireInnermost(this);
        disposed = true;
        foreach (var node in nodes) node.Release();
        nodes.Clear();
        current = outer;
    }

    /// <summary>Whether an operation on these inputs is to be recorded.</summary>
    internal static bool Records(params ReadOnlySpan<Tensor?> inputs)
    {
        if (current is null) return false;
        foreach (var input in inputs)
        {
            if (input?.Slot is not null) return true;
        }

        return false;
    }

    /// <summary>Records the operation that made <paramref name="output"/>.</summary>
    internal static Tensor Record(Tensor output, Node node)
    {
        current!.nodes.Add(node);
        node.Attach(output, current);
        return output;
    }

    private static void RequireInnermost(Tape? tape)
    {
        if (current != tape)
        {
            throw new InvalidOperationException(
                "tapes, and suspensions by NoGrad, end in the reverse order of their start, on the thread that started them; "
                + "dispose the inner one first");
        }
    }

    private sealed class Suspension : IDisposable
    {
        private readonly Tape? suspended = current;
        private bool disposed;

        public Suspension() => current = null;

        public void Dispose()
        {
            if (disposed) return;
            RequireInnermost(null);
            disposed = true;
            current = suspended;
        }
    }
}
