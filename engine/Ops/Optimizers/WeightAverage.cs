namespace Idsnn.Engine;

public static partial class Ops
{
    /// <summary>average ← average + (1 − decay)·(value − average), in place and in one pass; not recorded.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void MoveTowards(Tensor average, Tensor value, float decay)
    {
        Require.OneDevice("MoveTowards", average.Device, value.Device);
        Require.That(average.Shape == value.Shape, $"MoveTowards: average {average.Shape} and value {value.Shape} differ");
        RunElementwise(average, new MoveTowards(average.PaddedView, value.PaddedView, 1f - decay));
        average.Changed();
    }

    /// <summary>target ← source, to the bit; not recorded.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void Copy(Tensor target, Tensor source)
    {
        Require.That(target.Shape == source.Shape, $"Copy: target {target.Shape} and source {source.Shape} differ");
        RunElementwise(target, new Copy(source.PaddedView, target.PaddedView));
        target.Changed();
    }

    /// <summary>Exchanges the elements of two tensors, to the bit; not recorded.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void Exchange(Tensor a, Tensor b)
    {
        Require.OneDevice("Exchange", a.Device, b.Device);
        Require.That(a.Shape == b.Shape, $"Exchange: the shapes {a.Shape} and {b.Shape} differ");
        RunElementwise(a, new Exchange(a.PaddedView, b.PaddedView));
        a.Changed();
        b.Changed();
    }
}
