namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>
    /// A node whose backward runs a kernel made for one neuron and one surrogate. The decay of neurons that train it is the last of the
    /// inputs, and its gradient is given here, whatever the kernel.
    /// </summary>
    private abstract class NeuronNode : Node
    {
        private readonly int decay;

        protected NeuronNode(Population neurons, params ReadOnlySpan<Tensor?> inputs)
            : base([.. inputs, neurons.Decay])
        {
            decay = inputs.Length;
            Neurons = neurons with { Decay = neurons.Decay is null ? null : Save(neurons.Decay) };
        }

        /// <summary>The neurons.</summary>
        protected Population Neurons { get; }

        /// <summary>Runs the backward kernel.</summary>
        /// <param name="dY">Of the spikes.</param>
        /// <param name="dX">Of what the kernel gives it for.</param>
        /// <param name="lanes">Lanes over all work-items of the kernel: as many parts has the decay's gradient.</param>
        /// <param name="width">A divisor of them, along which the parts are added up first.</param>
        protected void RunBackward(Tensor dY, Tensor dX, int lanes, int width)
        {
            using var parts = Neurons.Decay is null ? null : Tensor.Empty(dY.Device, [lanes]);
            Neurons.Run(new Launch(this, dY, dX), parts);
            if (parts is null) return;
            using var columns = ColumnSums(parts, width);
            using var gradient = ColumnSums(columns, 1);
            Give(decay, gradient);
        }

        /// <summary>Launches the kernel.</summary>
        protected abstract void Run<TNeuron, TSurrogate>(TNeuron neuron, Tensor dY, Tensor dX)
            where TNeuron : struct, INeuron<TNeuron>
            where TSurrogate : struct, ISurrogate;

        private readonly struct Launch(NeuronNode node, Tensor dY, Tensor dX) : INeuronLaunch
        {
            public void Run<TNeuron>(TNeuron neuron)
                where TNeuron : struct, INeuron<TNeuron>
            {
                switch (node.Neurons.Neuron.Surrogate)
                {
                    case Surrogate.Rectangle: node.Run<TNeuron, RectangleSurrogate>(neuron, dY, dX); break;
                    case Surrogate.Triangle: node.Run<TNeuron, TriangleSurrogate>(neuron, dY, dX); break;
                    case Surrogate.Sigmoid: node.Run<TNeuron, SigmoidSurrogate>(neuron, dY, dX); break;
                    case Surrogate.Arctan: node.Run<TNeuron, ArctanSurrogate>(neuron, dY, dX); break;
                    default: throw new ArgumentException($"Lif: no surrogate is called {node.Neurons.Neuron.Surrogate}");
                }
            }
        }
    }
}
