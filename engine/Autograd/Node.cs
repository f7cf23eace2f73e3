namespace Idsnn.Engine;

/// <summary>
/// One recorded operation: the inputs that want gradients, the tensors it saved, and its backward formula. Each op's node stands below
/// the op.
/// </summary>
internal abstract class Node
{
    private readonly GradientSlot?[] inputs;
    private readonly List<Tensor> saved = [];
    private ElementKind kind;
    private Tape? tape;

    protected Node(params ReadOnlySpan<Tensor?> inputs)
    {
        this.inputs = new GradientSlot?[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            this.inputs[i] = inputs[i]?.Slot;
            Require.That(
                inputs[i]?.Slot?.Producer is not { tape: null },
                $"what made {inputs[i]?.Shape} has run backward or lost its tape: compute it again under this tape");
        }
    }

    /// <summary>The gradients of the output.</summary>
    public GradientSlot Output { get; private set; } = null!;

    /// <summary>Whether the tape holds the node, which has not run backward yet.</summary>
    public bool IsOn(Tape tape) => this.tape == tape;

    /// <summary>Makes <paramref name="output"/> the node's output, recorded on a tape.</summary>
    public void Attach(Tensor output, Tape tape)
    {
        this.tape = tape;
        kind = output.Kind;
        Output = new GradientSlot(output.Shape, this);
        output.Attach(Output);
    }

    /// <summary>Whether <see cref="Recompute"/> gives the output again, so that others need not save it.</summary>
    public virtual bool CanRecompute => false;

    /// <summary>The output once more, from what was saved; only until the node has run.</summary>
    /// <returns>A tensor of the caller's.</returns>
    public virtual Tensor Recompute() => throw new InvalidOperationException("this operation is not computed twice");

    /// <summary>Computes the inputs' gradients from the output's, if any came.</summary>
    public void Run()
    {
        var dY = Output.Take();
        if (dY is not null)
        {
            using (dY)
            using (var gradient = Ops.ToGradientOf(kind, dY)) Backward(gradient);
        }

        Release();
    }

    /// <summary>Drops what was saved.</summary>
    public void Release()
    {
        tape = null;
        Output.Clear();
        foreach (var tensor in saved) tensor.Dispose();
        saved.Clear();
    }

    /// <summary>
    /// Gives gradients to the inputs that need them. The output's comes in bf16 where the output is kept in bf16 or in bits, else in
    /// float32.
    /// </summary>
    protected abstract void Backward(Tensor dY);

    /// <summary>Keeps a tensor's elements until the node has run.</summary>
    protected Tensor Save(Tensor tensor)
    {
        var handle = tensor.Share(tensor.Shape);
        saved.Add(handle);
        return handle;
    }

    /// <summary>
    /// Keeps a tensor until the node has run, or the operation that can compute it again: nodes run in reverse, so that one has not run
    /// yet when this one asks.
    /// </summary>
    /// <returns>Gives a handle of the caller's.</returns>
    protected Func<Tensor> Keep(Tensor tensor)
    {
        if (tensor.Slot?.Producer is { CanRecompute: true } producer) return producer.Recompute;
        var handle = Save(tensor);
        return () => handle.Share(handle.Shape);
    }

    /// <summary>Whether input i wants a gradient.</summary>
    protected bool Needs(int i) => inputs[i] is not null;

    /// <summary>Adds to the gradient of input i, if it wants one.</summary>
    protected void Give(int i, Tensor gradient) => inputs[i]?.Add(gradient);
}
