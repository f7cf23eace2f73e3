namespace Idsnn.Models;

/// <summary>
/// Which layers a network has, known without building it: the network, its state, its summary and its initialisation from another are made
/// from it.
/// </summary>
public abstract class NetworkLayout
{
    /// <summary>The layout of a network.</summary>
    public static NetworkLayout Of(ModelSpec spec) => spec.Family switch
    {
        Family.Vgg => new VggLayout(spec),
        _ => new ResNetLayout(spec),
    };

    /// <summary>The convolutions in the state's order, each with its batch-norm.</summary>
    public IEnumerable<ConvBnSpec> Convolutions => Sized(ModelSpec.MinImageSize).Select(layer => layer.Layer);

    /// <summary>The name of an activation behind the last convolution that goes with no convolution; null for none.</summary>
    public virtual string? Head => null;

    /// <summary>The fully connected layers behind the pooling, in order.</summary>
    public abstract IReadOnlyList<LinearSpec> Classifier { get; }

    /// <summary>Blocks of each stage; a stage ends where the images get smaller.</summary>
    public abstract IReadOnlyList<int> Blocks { get; }

    /// <summary>The convolutions in the order in which they run, with the height (and width) of what each is given.</summary>
    /// <param name="imageSize">Height and width of the images.</param>
    public abstract IEnumerable<(ConvBnSpec Layer, int Size)> Sized(int imageSize);
}
