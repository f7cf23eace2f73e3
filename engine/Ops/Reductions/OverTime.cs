namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>Direct encoding: the same input at every time-step, [N, …] to [T·N, …].</summary>
    /// <exception cref="ArgumentException">T is below 1.</exception>
    public static Tensor RepeatOverTime(Tensor x, int timesteps)
    {
        Require.That(timesteps >= 1, $"RepeatOverTime: the number of time-steps must be at least 1, got {timesteps}");
        var y = Repeat(x, timesteps, 1f);
        return Tape.Records(x) ? Tape.Record(y, new RepeatOverTimeNode(x, timesteps)) : y;
    }

    /// <summary>The mean over time-steps, [T·N, …] to [N, …].</summary>
    /// <exception cref="ArgumentException">T does not divide the first dimension.</exception>
    public static Tensor MeanOverTime(Tensor x, int timesteps)
    {
        RequireTime("MeanOverTime", x, timesteps);
        var y = Sum(x, timesteps, 1f / timesteps);
        return Tape.Records(x) ? Tape.Record(y, new MeanOverTimeNode(x, timesteps)) : y;
    }

    private static Tensor Repeat(Tensor x, int timesteps, float scale)
    {
        var y = Tensor.Empty(x.Device, [timesteps * x.Shape[0], .. x.Shape[1..]]);
        using var numbers = ToFloats(x);
        RunOverSites(x.Device.Launcher, x.Shape.Size, new Kernels.Ops.RepeatOverTime(numbers.View, y.View, timesteps, x.Shape.Size, scale));
        return y;
    }

    private static Tensor Sum(Tensor x, int timesteps, float scale)
    {
        var y = Tensor.Empty(x.Device, [x.Shape[0] / timesteps, .. x.Shape[1..]]);
        using var numbers = ToFloats(x);
        RunOverSites(x.Device.Launcher, y.Shape.Size, new SumOverTime(numbers.View, y.View, timesteps, y.Shape.Size, scale));
        return y;
    }

    private sealed class RepeatOverTimeNode(Tensor x, int timesteps) : Node(x)
    {
        protected override void Backward(Tensor dY)
        {
            using var dX = Sum(dY, timesteps, 1f);
            Give(0, dX);
        }
    }

    private sealed class MeanOverTimeNode(Tensor x, int timesteps) : Node(x)
    {
        protected override void Backward(Tensor dY)
        {
            using var dX = Repeat(dY, timesteps, 1f / timesteps);
            Give(0, dX);
        }
    }
}
