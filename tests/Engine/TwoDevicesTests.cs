using Idsnn.Engine;
using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

/// <summary>An operation whose operands lie on two devices is refused before anything is launched, whichever operand it is.</summary>
public sealed class TwoDevicesTests
{
    private static Device here = null!, there = null!;

    private static readonly Neuron Lif = new(), Plif = new(Kind: NeuronKind.Plif);

    private static readonly (string Op, Action Run)[] Mixed =
    [
        ("Add", () => Ops.Add(A(2), B(2))),
        ("Conv2D", () => Ops.Conv2D(A(1, 2, 2, 8), B(1, 1, 8, 8))),
        ("Conv2D", () => Ops.Conv2D(A(1, 2, 2, 8), A(1, 1, 8, 8), B(8))),
        ("Conv2DInputGradient", () => Ops.Conv2DInputGradient(A(1, 2, 2, 8), B(1, 1, 8, 8), [1, 2, 2, 8], 1, 0)),
        ("Conv2DWeightGradient", () => Ops.Conv2DWeightGradient(A(1, 2, 2, 8), B(1, 2, 2, 8), [1, 1, 8, 8], 1, 0)),
        ("BatchNorm", () => Ops.BatchNorm(A(2, 8), B(8), A(8), new(A(8), A(8)), true)),
        ("BatchNorm", () => Ops.BatchNorm(A(2, 8), A(8), A(8), new(A(8), B(8)), true)),
        ("BatchNormRelu", () => Ops.BatchNormRelu(A(2, 8), A(8), A(8), new(A(8), A(8)), true, B(2, 8))),
        ("BatchNormLif", () => Ops.BatchNormLif(A(2, 8), A(8), A(8), new(A(8), A(8)), true, B(2, 8), Lif, 1)),
        ("BatchNormLif", () => Ops.BatchNormLif(A(2, 8), A(8), B(8), new(A(8), A(8)), true, null, Lif, 1)),
        ("BatchNormLif", () => Ops.BatchNormLif(A(2, 8), A(8), A(8), new(A(8), A(8)), true, null, Plif, 1, decay: B(1))),
        ("Lif", () => Ops.Lif(A(2, 8), Plif, 1, decay: B(1))),
        ("Linear", () => Ops.Linear(A(2, 8), B(8, 8))),
        ("CrossEntropy", () => Ops.CrossEntropy(A(1, 2), Labels())),
        ("CountCorrect", () => Ops.CountCorrect(A(1, 2), Labels())),
        ("SquaredDistance", () => Ops.SquaredDistance(A(1, 2), B(1, 2))),
        ("Concatenate", () => Ops.Concatenate([A(1), B(1)])),
        ("DistillationLoss", () => Ops.DistillationLoss(A(1, 2), new Labels(here, [1]), B(1, 2), 1f, 1f)),
        ("Accumulate", () => Ops.Accumulate(A(1), B(1))),
        ("AddStep", () => Ops.AddStep(A(5), A(1), B(1), A(1), 1)),
        ("MoveTowards", () => Ops.MoveTowards(A(1), B(1), 0.5f)),
        ("Exchange", () => Ops.Exchange(A(1), B(1))),
        ("SquaredNorm", () => Ops.SquaredNorm([A(1), B(1)])),
        ("PlaceImages", () => Ops.PlaceImages(A(1, 1, 1, 1), [0], [default], B(1, PlaceImages.Levels))),
        ("Poisson", () => Ops.Poisson(A(1), 1, 0, new DrawNumber(there))),
        ("Backward", () => BackwardFrom(B(1))),
    ];

    [OneTimeSetUp]
    public void OpenTwo() => (here, there) = (DeviceCatalog.Open("cpu"), DeviceCatalog.Open("cpu"));

    [OneTimeTearDown]
    public void Close()
    {
        here.Dispose();
        there.Dispose();
    }

    private static IEnumerable<TestCaseData> Cases =>
        Mixed.Select((mixed, i) => new TestCaseData(mixed.Op, mixed.Run).SetArgDisplayNames(mixed.Op, $"{i}"));

    [TestCaseSource(nameof(Cases))]
    public void TheyAreRefused(string op, Action run)
    {
        using TensorScope first = here.Scope(), second = there.Scope();
        Failure.Says($"{op}: the operands lie on two devices, cpu and cpu; bring all to one", run);
    }

    private static void BackwardFrom(Tensor gradient)
    {
        using var tape = new Tape();
        using var x = Tensor.Parameter(here, [1], [1f]);
        tape.Backward(Ops.Scale(x, 2f), gradient);
    }

    private static Labels Labels() => new(there, [1]);

    private static Tensor A(params ReadOnlySpan<int> shape) => Tensor.Full(here, Shape.Create(shape), 1f);

    private static Tensor B(params ReadOnlySpan<int> shape) => Tensor.Full(there, Shape.Create(shape), 1f);
}
