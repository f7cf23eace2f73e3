using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Tests.Training;

/// <summary>Makes a network's logits not-a-number for as long as is wanted.</summary>
internal sealed class Poison
{
    private Tensor bias = null!;
    private float[] sound = [];

    public void Give(INetwork model)
    {
        bias = model.State().Single(entry => entry.Name == "fc.bias").Tensor!;
        sound = bias.ToArray();
        bias.CopyFrom(Enumerable.Repeat(float.NaN, sound.Length).ToArray());
    }

    public void TakeBack() => bias.CopyFrom(sound);
}
