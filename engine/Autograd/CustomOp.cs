namespace Idsnn.Engine;

/// <summary>
/// An operation with a gradient, written outside of this library. Derive from it, compute the output in <see cref="Forward"/> and the
/// inputs' gradients in <see cref="Backward"/>, with kernels of your own or with <see cref="Ops"/>; <see cref="Apply"/> runs and records
/// it. Kernels are public structs: ILGPU compiles them in an assembly of its own.
/// </summary>
public abstract class CustomOp
{
    /// <summary>Runs the operation, and records it where a tape is open and an input requires gradients.</summary>
    /// <param name="inputs">At least one tensor; all of one device. Whatever their kind, the operation is given them in float32.</param>
    /// <returns>What <see cref="Forward"/> gave, in the open scope.</returns>
    /// <exception cref="ArgumentException">There is no input, or they are of several devices.</exception>
    public Tensor Apply(params ReadOnlySpan<Tensor> inputs)
    {
        Require.That(inputs.Length > 0, $"{GetType().Name}: expects at least one input");
        foreach (var input in inputs) Require.OneDevice(GetType().Name, inputs[0].Device, input.Device);
        Tensor[] all = [.. inputs], numbers = Array.ConvertAll(all, Ops.ToFloats);
        try
        {
            Tensor y;
            using (Tape.NoGrad()) y = Forward(numbers);
            return Tape.Records(inputs) ? Tape.Record(y, new CustomNode(this, all, numbers, y)) : y;
        }
        finally
        {
            foreach (var tensor in numbers) tensor.Dispose();
        }
    }

    /// <summary>Computes the output.</summary>
    /// <param name="inputs">The inputs in float32; they stay the caller's.</param>
    /// <returns>A new tensor in float32.</returns>
    protected abstract Tensor Forward(IReadOnlyList<Tensor> inputs);

    /// <summary>Computes the gradients of the inputs from the gradient of the output.</summary>
    /// <param name="dY">The output's gradient, of its shape, in float32.</param>
    /// <param name="inputs">The inputs that <see cref="Forward"/> was given.</param>
    /// <param name="y">The output that it gave.</param>
    /// <returns>One new tensor for each input, of its shape; null for an input that has no gradient.</returns>
    protected abstract IReadOnlyList<Tensor?> Backward(Tensor dY, IReadOnlyList<Tensor> inputs, Tensor y);

    /// <summary>Runs a kernel that goes element by element over all elements of a tensor and of others of its shape.</summary>
    /// <typeparam name="K">The kernel.</typeparam>
    /// <param name="over">The tensor, in float32.</param>
    /// <param name="kernel">Takes the tensors as <see cref="Tensor.Elements"/>.</param>
    protected static void Launch<K>(Tensor over, in K kernel)
        where K : struct, ILaneKernel => over.Device.Launcher.Run(kernel, over.Device.Launcher.Plan.Lanes(16), over.LaneItems);

    private sealed class CustomNode : Node
    {
        private readonly CustomOp op;
        private readonly Tensor[] inputs;
        private readonly Tensor y;

        public CustomNode(CustomOp op, Tensor[] given, Tensor[] numbers, Tensor y)
            : base(given)
        {
            this.op = op;
            inputs = Array.ConvertAll(numbers, Save);
            this.y = Save(y);
        }

        protected override void Backward(Tensor dY)
        {
            using var gradient = Ops.ToFloats(dY);
            var gradients = op.Backward(gradient, inputs, y);
            Require.That(
                gradients.Count == inputs.Length,
                $"{op.GetType().Name}: the backward pass gave {gradients.Count} gradients for {inputs.Length} inputs");
            for (int i = 0; i < inputs.Length; i++)
            {
                if (gradients[i] is not { } given) continue;
                using (given)
                {
                    Require.That(
                        given.Shape == inputs[i].Shape,
                        $"{op.GetType().Name}: the gradient of input {i} must be {inputs[i].Shape}, got {given.Shape}");
                    Give(i, given);
                }
            }
        }
    }
}
