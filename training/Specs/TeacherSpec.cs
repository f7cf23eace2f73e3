using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>The ordinary network that a student starts from and learns under.</summary>
public sealed record TeacherSpec
{
    /// <summary>Its name, as <see cref="ModelName"/> has it.</summary>
    public string Model { get; init; } = "resnet34";

    /// <summary>Channels of its first stage; null for the student's.</summary>
    public int? Width { get; init; }

    /// <summary>Epochs that it is trained for; null for the student's.</summary>
    public int? Epochs { get; init; }

    /// <summary>A file with a trained one, whose training is skipped; null where it is trained.</summary>
    public string? Checkpoint { get; init; }
}
