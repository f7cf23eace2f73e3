using Idsnn.Datasets;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>Checkpoints that must fit what they are used for.</summary>
internal static class Networks
{
    public static Checkpoint LoadTeacher(string path, Dataset dataset)
    {
        var checkpoint = Load(path, dataset);
        var spec = checkpoint.Info.Model;
        return spec.Kind == ModelKind.Ann
            ? checkpoint
            : throw new ArgumentException($"--teacher-checkpoint {path} holds {spec.Name}; a teacher is an ordinary ResNet");
    }

    public static Checkpoint Load(string path, Dataset dataset)
    {
        var checkpoint = Checkpoint.Load(path);
        return checkpoint.Info.Model.Classes == dataset.Classes
            ? checkpoint
            : throw new ArgumentException(
                $"{path} was trained for {checkpoint.Info.Model.Classes} classes ({checkpoint.Info.Dataset}); {dataset.Name} has {dataset.Classes}");
    }
}
