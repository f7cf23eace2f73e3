using Idsnn.Models;

namespace Idsnn.Training;

public sealed partial record RunSpec
{
    /// <summary>The student for a number of classes.</summary>
    /// <exception cref="ArgumentException">There is no such network.</exception>
    public ModelSpec StudentModel(int classes)
    {
        var (family, kind, depth) = ModelName.Parse(Student.Model);
        bool spiking = kind != ModelKind.Ann;
        if (Student.Timesteps < 1) throw new SettingException($"{RunSettings.Timesteps} must be at least 1, got {Student.Timesteps}");
        var spec = new ModelSpec(
            kind, depth, Student.Width ?? ModelSpec.PublishedWidth(family, depth), classes, Student.StemPadding,
            spiking ? Student.Timesteps : 1, spiking ? Student.Neuron.Build() : null, spiking ? Student.Encoder : Encoder.Direct, family,
            PoolingOf(family));
        spec.Validate();
        return spec;
    }

    /// <summary>The teacher for a number of classes.</summary>
    /// <exception cref="ArgumentException">There is no such network, or it is no ordinary one.</exception>
    public ModelSpec TeacherModel(int classes)
    {
        var (family, kind, depth) = ModelName.Parse(Teacher.Model);
        if (kind != ModelKind.Ann)
        {
            string example = new TeacherSpec().Model;
            throw new SettingException($"{RunSettings.Teacher} must be an ordinary network such as {example}, got {Teacher.Model}");
        }

        int width = Teacher.Width ?? Student.Width ?? ModelSpec.PublishedWidth(family, depth);
        var spec = new ModelSpec(ModelKind.Ann, depth, width, classes, Family: family, Pooling: PoolingOf(family));
        spec.Validate();
        return spec;
    }

    /// <summary>The same training, with the decay that its kind of neuron has where that is left to it.</summary>
    public RunSpec Settled =>
        this with { Student = Student with { Neuron = Student.Neuron with { Decay = Student.Neuron.Build().Decay } } };

    /// <summary>The poolings, of the networks that have any: a student that has none may learn from a teacher that does.</summary>
    private Pooling PoolingOf(Family family) => family == Family.Vgg ? Pooling : Pooling.Max;
}
