namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>Whether membranes of that many time-steps are kept in registers (<see cref="ITimesteps"/>).</summary>
    private static bool Unrolls(int timesteps) => timesteps is (>= 1 and <= 6) or 8;

    /// <summary>The same numbers in float32, recorded.</summary>
    private static Tensor Widen(Tensor x)
    {
        using var numbers = ToFloats(x);
        var y = Tensor.Adopt(numbers);
        return Tape.Records(x) ? Tape.Record(y, new WidenNode(x)) : y;
    }

    private static Tensor FireOctets(
        Tensor y, Tensor gamma, Tensor beta, ChannelStatistics statistics, Tensor? residual, Population neurons, bool once,
        Shape shape)
    {
        var spikes = Tensor.Empty(y.Device, shape, ElementKind.SpikeBits);
        using var side = Packed(residual);
        if (side is null) Run(default(NoOctets));
        else if (side.Kind == ElementKind.SpikeBits) Run(side.Bits);
        else Run(side.BFloat16);
        return Tape.Records(y, gamma, beta, residual, neurons.Decay)
            ? Tape.Record(spikes, new OctetLifNode(y, gamma, beta, statistics, residual, neurons, once))
            : spikes;

        void Run<TResidual>(TResidual source)
            where TResidual : struct, IResidualOctets =>
            neurons.Run(new OctetLifLaunch<TResidual>(CurrentOf(y, gamma, beta, statistics, source, once), spikes));
    }

    private static OctetCurrent<TResidual> CurrentOf<TResidual>(
        Tensor y, Tensor gamma, Tensor beta, ChannelStatistics statistics, TResidual residual, bool once)
        where TResidual : struct, IResidualOctets =>
        new(y.BFloat16, statistics.Mean.View, statistics.Inverse.View, gamma.View, beta.View, residual, once);

    /// <summary>A residual as octets: bits stay bits, all else becomes bf16.</summary>
    private static Tensor? Packed(Tensor? residual) =>
        residual is null ? null : residual.Kind == ElementKind.SpikeBits ? residual.Share(residual.Shape) : ToBFloat16(residual);

    private sealed class WidenNode(Tensor x) : Node(x)
    {
        protected override void Backward(Tensor dY) => Give(0, dY);
    }

    private readonly struct OctetLifLaunch<TResidual>(OctetCurrent<TResidual> current, Tensor spikes) : INeuronLaunch
        where TResidual : struct, IResidualOctets
    {
        public void Run<TNeuron>(TNeuron neuron)
            where TNeuron : struct, INeuron<TNeuron> => spikes.Device.Launcher.Run(
            new OctetLifForward<TResidual, TNeuron>(current, spikes.Bits, neuron, spikes.Shape[^1]), neuron.Spec.Sites / 8);
    }

    private sealed class OctetLifNode : NeuronNode
    {
        private readonly Tensor y, gamma, beta;
        private readonly ChannelStatistics statistics;
        private readonly Func<Tensor>? residual;
        private readonly BatchNormSpec chunks;
        private readonly bool once;
        private Tensor sums = null!, products = null!;

        public OctetLifNode(
            Tensor y, Tensor gamma, Tensor beta, ChannelStatistics statistics, Tensor? residual, Population neurons, bool once)
            : base(neurons, y, gamma, beta, residual)
        {
            this.y = Save(y);
            this.gamma = Save(gamma);
            this.beta = Save(beta);
            this.statistics = statistics with { Mean = Save(statistics.Mean), Inverse = Save(statistics.Inverse) };
            this.residual = residual is null ? null : Keep(residual);
            this.once = once;

            // The chunks' rows are those of one time-step: a work-item walks through time at each of them.
            int c = y.Shape[^1], rows = neurons.Spec.Sites / c;
            int chunkRows = y.Device.Launcher.Plan.SliceRows(rows, c / 8, 8 * neurons.Spec.Timesteps, c);
            chunks = statistics.Spec with { Rows = rows, ChunkRows = chunkRows };
        }

        protected override void Backward(Tensor dY)
        {
            using var dCurrent = Tensor.Empty(dY.Device, y.Shape, ElementKind.BFloat16);
            int c = chunks.Channels;
            using (sums = Tensor.Empty(dY.Device, [Chunks(chunks), c]))
            using (products = Tensor.Empty(dY.Device, [Chunks(chunks), c]))
            {
                RunBackward(dY, dCurrent, Chunks(chunks) * c, c);
                using var dGamma = ColumnSums(products, c);
                using var dBeta = ColumnSums(sums, c);
                Give(1, dGamma);
                Give(2, dBeta);
                Give(3, dCurrent);
                if (!Needs(0)) return;
                using var dX = Needs(3) ? Tensor.Empty(dY.Device, y.Shape, ElementKind.BFloat16) : dCurrent.Share(y.Shape);
                InputGradientOfOctets(y, dCurrent, gamma, statistics, dGamma, dBeta, dX);
                Give(0, dX);
            }
        }

        protected override void Run<TNeuron, TSurrogate>(TNeuron neuron, Tensor dY, Tensor dX)
        {
            using var kept = residual?.Invoke();
            using var side = Packed(kept);
            if (side is null) Run<NoOctets, TNeuron, TSurrogate>(default, neuron, dY, dX);
            else if (side.Kind == ElementKind.SpikeBits) Run<BitOctets, TNeuron, TSurrogate>(side.Bits, neuron, dY, dX);
            else Run<BFloat16Octets, TNeuron, TSurrogate>(side.BFloat16, neuron, dY, dX);
        }

        private void Run<TResidual, TNeuron, TSurrogate>(TResidual side, TNeuron neuron, Tensor dY, Tensor dX)
            where TResidual : struct, IResidualOctets
            where TNeuron : struct, INeuron<TNeuron>
            where TSurrogate : struct, ISurrogate
        {
            switch (neuron.Spec.Timesteps)
            {
                case 1: Run<TResidual, TNeuron, TSurrogate, T1>(side, neuron, dY, dX); break;
                case 2: Run<TResidual, TNeuron, TSurrogate, T2>(side, neuron, dY, dX); break;
                case 3: Run<TResidual, TNeuron, TSurrogate, T3>(side, neuron, dY, dX); break;
                case 4: Run<TResidual, TNeuron, TSurrogate, T4>(side, neuron, dY, dX); break;
                case 5: Run<TResidual, TNeuron, TSurrogate, T5>(side, neuron, dY, dX); break;
                case 6: Run<TResidual, TNeuron, TSurrogate, T6>(side, neuron, dY, dX); break;
                default: Run<TResidual, TNeuron, TSurrogate, T8>(side, neuron, dY, dX); break;
            }
        }

        private void Run<TResidual, TNeuron, TSurrogate, TTime>(TResidual side, TNeuron neuron, Tensor dY, Tensor dX)
            where TResidual : struct, IResidualOctets
            where TNeuron : struct, INeuron<TNeuron>
            where TSurrogate : struct, ISurrogate
            where TTime : struct, ITimesteps => dY.Device.Launcher.Run(
            new OctetLifBackward<TResidual, TNeuron, TSurrogate, TTime>(
                CurrentOf(y, gamma, beta, statistics, side, once), dY.BFloat16, dX.BFloat16, sums.View, products.View, neuron, chunks),
            Chunks(chunks) * (chunks.Channels / 8));
    }
}
