using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>From pooled features to logits: one fully connected layer, or two with an activation between them.</summary>
/// <param name="model">The network.</param>
/// <param name="layers">Builds its layers.</param>
internal sealed class Classifier(ModelSpec model, LayerFactory layers) : IDisposable
{
    private readonly Linear[] path = [.. NetworkLayout.Of(model).Classifier.Select(layers.Build)];

    /// <summary>
    /// Features, [T·N, C], which it consumes, to [N, classes], or to [T·N, classes] where the read-out of each time-step is wanted.
    /// </summary>
    public Tensor Forward(Tensor features, Pass pass)
    {
        var x = features;
        for (int i = 0; i + 1 < path.Length; i++)
        {
            // As everywhere, neurons are called after what feeds them, and in MS networks after what they feed.
            var (layer, called) = (path[i], path[model.Kind == ModelKind.Ms ? i + 1 : i].Spec.Name);
            x = x.Then(y => layer.Activate(y, pass, called));
        }

        if (model.Timesteps > 1 && !pass.PerStep) x = x.Then(steps => Ops.MeanOverTime(steps, model.Timesteps));
        return x.Then(path[^1].Forward);
    }

    public IEnumerable<StateEntry> State() => path.SelectMany(layer => layer.State());

    public void Dispose()
    {
        foreach (var layer in path) layer.Dispose();
    }
}
