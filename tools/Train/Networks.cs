using Idsnn.Datasets;
using Idsnn.Models;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>Checkpoints that must fit what they are used for.</summary>
internal static class Networks
{
    public static Checkpoint LoadTeacher(string path)
    {
        var checkpoint = Checkpoint.Load(path);
        var spec = checkpoint.Info.Model;
        return spec.Kind == ModelKind.Ann
            ? checkpoint
            : throw new ArgumentException($"--teacher-checkpoint {path} holds {spec.Name}; a teacher is an ordinary network");
    }

    /// <summary>Sees that a network can start from a checkpoint's weights; its neuron and its number of time-steps may differ.</summary>
    public static void RequireSameWeights(Checkpoint checkpoint, string path, ModelSpec spec)
    {
        var saved = checkpoint.Info.Model;
        if ((saved.Family, saved.Depth, saved.Width, saved.Classes) == (spec.Family, spec.Depth, spec.Width, spec.Classes)) return;
        throw new ArgumentException(
            $"--student-checkpoint {path} holds {saved.Name} of width {saved.Width}, which is no start for {spec.Name} of width {spec.Width}");
    }

    /// <summary>The data set as the network knows it: the same classes, normalised as its images were.</summary>
    public static Dataset For(Checkpoint checkpoint, string path, Dataset dataset)
    {
        var info = checkpoint.Info;
        return dataset.HasClasses(info.ClassNames)
            ? dataset with { Mean = info.Normalization.Mean, Std = info.Normalization.Std }
            : throw new ArgumentException(
                $"{path} was trained on {info.Dataset} ({info.ClassNames.Count} classes: {Start(info.ClassNames)}), not on {dataset.Name} "
                + $"({dataset.Classes}: {Start(dataset.ClassNames)}); name its data set with --dataset");
    }

    private static string Start(IEnumerable<string> names) => string.Join(", ", names.Take(2)) + ", …";
}
