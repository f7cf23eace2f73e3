using Idsnn.Models;

namespace Idsnn.Training;

/// <summary>The ordinary network that a student starts from and learns under.</summary>
public sealed record TeacherSpec
{
    /// <summary>Its name: resnet{18|34|50|101|152}.</summary>
    public string Model { get; init; } = "resnet34";

    /// <summary>Channels of its first stage; null for the student's.</summary>
    public int? Width { get; init; }

    /// <summary>Epochs that it is trained for; null for the student's.</summary>
    public int? Epochs { get; init; }

    /// <summary>A file with a trained one, whose training is skipped; null where it is trained.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>The network for a number of classes.</summary>
    /// <param name="classes">How many.</param>
    /// <param name="studentWidth">Channels of the student's first stage.</param>
    /// <exception cref="ArgumentException">There is no such network, or it is no ordinary one.</exception>
    public ModelSpec For(int classes, int studentWidth)
    {
        var (kind, depth) = ModelSpec.Parse(Model);
        if (kind != ModelKind.Ann)
        {
            throw new SettingException($"{RunSettings.Teacher} must be an ordinary ResNet such as {new TeacherSpec().Model}, got {Model}");
        }

        var spec = new ModelSpec(ModelKind.Ann, depth, Width ?? studentWidth, classes);
        spec.Validate();
        return spec;
    }
}
