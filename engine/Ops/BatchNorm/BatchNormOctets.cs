namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>
    /// Batch-norm, residual addition and ReLU: Relu(BatchNorm(x) + residual), in one pass where nothing is recorded and x is bf16, as in
    /// a teacher's forward.
    /// </summary>
    /// <param name="x">[…, C].</param>
    /// <param name="gamma">γ, [C].</param>
    /// <param name="beta">β, [C].</param>
    /// <param name="running">The running statistics.</param>
    /// <param name="training">Batch statistics, or running ones.</param>
    /// <param name="residual">Of x's shape; or null.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static Tensor BatchNormRelu(
        Tensor x, Tensor gamma, Tensor beta, RunningStatistics running, bool training, Tensor? residual)
    {
        Require.That(
            residual is null || residual.Shape == x.Shape, $"BatchNormRelu: the residual must be {x.Shape}, got {residual?.Shape}");
        Require.OneDevice("BatchNormRelu", x.Device, residual?.Device);
        if (x.Kind != ElementKind.BFloat16 || Tape.Records(x, gamma, beta, residual))
        {
            var sum = BatchNorm(x, gamma, beta, running, training);
            if (residual is not null) sum = sum.Then(y => Add(y, residual));
            return sum.Then(Relu);
        }

        using var statistics = ChannelStatistics.Of(
            "BatchNormRelu", x, gamma, beta, running, training, RunningStatistics.Momentum, RunningStatistics.Epsilon, repeats: 1);
        var result = Tensor.Empty(x.Device, x.Shape, ElementKind.BFloat16);
        using var side = residual is null ? null : ToBFloat16(residual);
        NormalizeOctets(x, gamma, beta, statistics, side, true, result);
        return result;
    }

    private static void NormalizeOctets(
        Tensor x, Tensor gamma, Tensor beta, ChannelStatistics statistics, Tensor? residual, bool relu, Tensor y)
    {
        if (residual is null) Run(default(NoOctets));
        else Run(residual.BFloat16);

        void Run<TResidual>(TResidual side)
            where TResidual : struct, IResidualOctets => x.Device.Launcher.Run(
            new OctetNormalize<TResidual>(
                x.BFloat16, statistics.Mean.View, statistics.Inverse.View, gamma.View, beta.View, side, y.BFloat16,
                statistics.Spec.Channels, relu),
            x.Octets);
    }

    private static void GradientSumsOfOctets(Tensor x, Tensor dY, ChannelStatistics statistics, Tensor sums, Tensor products) =>
        x.Device.Launcher.Run(
            new OctetGradientSums(
                x.BFloat16, dY.BFloat16, statistics.Mean.View, statistics.Inverse.View, sums.View, products.View, statistics.Spec),
            Chunks(statistics.Spec) * (statistics.Spec.Channels / 8));

    private static void InputGradientOfOctets(
        Tensor x, Tensor dY, Tensor gamma, ChannelStatistics statistics, Tensor dGamma, Tensor dBeta, Tensor target) =>
        x.Device.Launcher.Run(
            new OctetInputGradient(
                x.BFloat16, dY.BFloat16, statistics.Mean.View, statistics.Inverse.View, gamma.View, dGamma.View, dBeta.View,
                target.BFloat16,
                statistics.Spec.Channels, statistics.Training ? 1f / statistics.Spec.Rows : 0f),
            x.Octets);
}
