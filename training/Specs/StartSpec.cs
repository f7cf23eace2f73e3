using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>What a student's weights start from.</summary>
public sealed record StartSpec
{
    /// <summary>How its blocks are mapped to the teacher's, whose weights they start from; null for a random start.</summary>
    public BlockMapping? Mapping { get; init; } = BlockMapping.Prefix;

    /// <summary>What becomes of the 1×1 shortcuts then.</summary>
    public ShortcutInit Shortcuts { get; init; }

    /// <summary>Batch-norm's γ at a random start; the authors' code has the threshold.</summary>
    public float Gamma { get; init; } = 1f;

    /// <summary>A file with weights that it starts from instead of the teacher's; null for none.</summary>
    public string? Checkpoint { get; init; }
}
