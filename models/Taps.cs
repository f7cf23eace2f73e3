using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>
/// Takes hold of activations of one forward pass, for losses that compare them: gradients flow back through them. What is not asked for is
/// not kept. Disposing releases the handles; what the backward pass needs, the tape keeps.
/// </summary>
/// <param name="stages">Whether to keep the output of each stage.</param>
/// <param name="features">Whether to keep what the classifier is given.</param>
public sealed class Taps(bool stages, bool features) : IDisposable
{
    private readonly List<Tensor> outputs = [];

    /// <summary>
    /// The output of each stage in order, [T·N, H, W, C], T = 1 in an ordinary network; none where they were not asked for.
    /// </summary>
    public IReadOnlyList<Tensor> Stages => outputs;

    /// <summary>The pooled features, [T·N, C] with T = 1 in an ordinary network; null where they were not asked for.</summary>
    public Tensor? Features { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var output in outputs) output.Dispose();
        outputs.Clear();
        Features?.Dispose();
        Features = null;
    }

    /// <summary>A stage ends with x.</summary>
    internal void Stage(Tensor x)
    {
        if (stages) outputs.Add(x.Reshape(x.Shape));
    }

    /// <summary>The classifier is given x.</summary>
    internal void Pooled(Tensor x)
    {
        if (features) Features = x.Reshape(x.Shape);
    }
}
