using Idsnn.Engine;
using Idsnn.Kernels.Lanes;
using Idsnn.Kernels.Launch;
using Idsnn.Kernels.Ops;
using ILGPU;

namespace Idsnn.Tests;

/// <summary>
/// Every lane operation against scalar arithmetic, to the last bit. It is on OpenCL and CUDA that this says most: there the operations
/// are redirected to other code than the vector code that the CPU accelerator runs.
/// </summary>
public sealed class LanesTests(string name) : DeviceTests(name)
{
    private const int Count = 64;

    [Test]
    public void OperationsAreThoseOfScalars([Values(1, 4, 8, 16, 32)] int lanes)
    {
        var draw = new Draw(1);
        float[] a = draw.Fill([Count]), b = draw.Fill([Count]), c = draw.Fill([Count]);
        a[5] = LaneOperations.Threshold;
        (a[6], b[9], b[42]) = (float.NaN, float.PositiveInfinity, float.NegativeInfinity);
        float s = LaneOperations.Factor;
        var y = Tensor.Empty(Device, [11, Count]);
        Device.Launcher.Run(
            new LaneOperations(From([Count], a).View, From([Count], b).View, From([Count], c).View, y.View, Count), lanes, Count / lanes);
        float[] result = y.ToArray();
        (string Name, Func<int, float> Expected)[] operations =
        [
            ("Broadcast", _ => s),
            ("Add", i => a[i] + b[i]),
            ("Subtract", i => a[i] - b[i]),
            ("Multiply", i => a[i] * b[i]),
            ("MultiplyAdd", i => MathF.FusedMultiplyAdd(a[i], b[i], c[i])),
            ("MultiplyAdd by a scalar", i => MathF.FusedMultiplyAdd(s, b[i], c[i])),
            ("Above", i => a[i] > LaneOperations.Threshold ? 1f : 0f),
            ("Map", i => MathF.Abs(b[i])),
            ("Gather", i => a[(i / lanes) + (i % lanes * (Count / lanes))]),
            ("Scatter", i => b[(i % (Count / lanes) * lanes) + (i / (Count / lanes))]),
            ("AreFinite", i => Enumerable.Range(i / lanes * lanes, lanes).All(lane => float.IsFinite(b[lane])) ? 1f : 0f),
        ];
        for (int o = 0; o < operations.Length; o++)
        {
            float[] expected = [.. Enumerable.Range(0, Count).Select(operations[o].Expected)];
            Assert.That(result[(o * Count)..((o + 1) * Count)], Is.EqualTo(expected), operations[o].Name);
        }
    }

    [Test]
    public void OtherLaneCountsAreRefused() => Assert.That(
        () => Device.Launcher.Run(new Fill(Tensor.Full(Device, [6], 0f).View, 1f), 3, 2),
        Throws.InstanceOf<ArgumentOutOfRangeException>());

    /// <summary>y[operation, i] of a[i], b[i], c[i].</summary>
    public readonly struct LaneOperations(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> y, int count) : ILaneKernel
    {
        public const float Threshold = 0.25f, Factor = 1.7f;

        public void Execute<V>(int item)
            where V : unmanaged, ILanes<V>
        {
            int groups = count / V.Count;
            V u = a.As<V>()[item], v = b.As<V>()[item], w = c.As<V>()[item];
            var to = y.As<V>();
            to[item] = V.Broadcast(Factor);
            to[groups + item] = V.Add(u, v);
            to[(2 * groups) + item] = V.Subtract(u, v);
            to[(3 * groups) + item] = V.Multiply(u, v);
            to[(4 * groups) + item] = V.MultiplyAdd(u, v, w);
            to[(5 * groups) + item] = V.MultiplyAdd(Factor, v, w);
            to[(6 * groups) + item] = V.Above(u, Threshold);
            to[(7 * groups) + item] = V.Map(v, default(Absolute));
            to[(8 * groups) + item] = V.Gather(a, item, groups);
            V.Scatter(v, y, (9 * count) + item, groups);
            to[(10 * groups) + item] = V.Broadcast(V.AreFinite(v) ? 1f : 0f);
        }
    }

    /// <summary>|x|.</summary>
    public readonly struct Absolute : IScalarFunction
    {
        public float Invoke(float x) => MathF.Abs(x);
    }
}
