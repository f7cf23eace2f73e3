using Idsnn.Datasets;
using Idsnn.Models;

namespace Idsnn.Runs;

/// <summary>Checkpoints that must fit what they are used for.</summary>
public static class CheckpointFit
{
    /// <summary>Reads a teacher.</summary>
    /// <exception cref="SettingException">The checkpoint holds another kind of network.</exception>
    public static Checkpoint LoadTeacher(string path)
    {
        var checkpoint = Checkpoint.Load(path);
        var spec = checkpoint.Info.Model;
        return spec.Kind == ModelKind.Ann
            ? checkpoint
            : throw new SettingException($"{RunSettings.TeacherCheckpoint} {path} holds {spec.Name}; a teacher is an ordinary network");
    }

    /// <summary>Sees that a network can start from a checkpoint's weights; its neuron and its number of time-steps may differ.</summary>
    /// <exception cref="SettingException">It cannot.</exception>
    public static void RequireSameWeights(Checkpoint checkpoint, string path, ModelSpec spec)
    {
        var saved = checkpoint.Info.Model;
        if ((saved.Family, saved.Depth, saved.Width, saved.Classes) == (spec.Family, spec.Depth, spec.Width, spec.Classes)) return;
        string other = $"{spec.Name} of width {spec.Width}";
        throw new SettingException(
            $"{RunSettings.StudentCheckpoint} {path} holds {saved.Name} of width {saved.Width}, which is no start for {other}");
    }

    /// <summary>The data set as the network knows it: the same classes, normalised as its images were.</summary>
    /// <exception cref="SettingException">The network was trained on other classes.</exception>
    public static Dataset For(Checkpoint checkpoint, string path, Dataset dataset)
    {
        var info = checkpoint.Info;
        if (dataset.HasClasses(info.ClassNames)) return dataset with { Mean = info.Normalization.Mean, Std = info.Normalization.Std };
        string own = $"({info.ClassNames.Count} classes: {Start(info.ClassNames)})";
        string other = $"({dataset.Classes}: {Start(dataset.ClassNames)})";
        throw new SettingException(
            $"{path} was trained on {info.Dataset} {own}, not on {dataset.Name} {other}; name its data set with {RunSettings.Dataset}");
    }

    private static string Start(IEnumerable<string> names) => string.Join(", ", names.Take(2)) + ", …";
}
