using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>The sum of several objectives, with the terms of all of them.</summary>
/// <param name="parts">The objectives, which become this one's.</param>
internal sealed class SumOfObjectives(IReadOnlyList<IObjective> parts) : IObjective
{
    public IReadOnlyList<string> Terms { get; } = [.. parts.SelectMany(part => part.Terms)];

    public bool WantsStages => parts.Any(part => part.WantsStages);

    public bool WantsFeatures => parts.Any(part => part.WantsFeatures);

    public IEnumerable<StateEntry> State() => parts.SelectMany(part => part.State());

    public LossSum Evaluate(ForwardPasses passes)
    {
        LossSum[] sums = [.. parts.Select(part => part.Evaluate(passes))];
        return new LossSum(sums.Select(sum => sum.Total).Aggregate(Ops.Add), Ops.Concatenate([.. sums.Select(sum => sum.Terms)]));
    }

    public void Dispose()
    {
        foreach (var part in parts) part.Dispose();
    }
}
