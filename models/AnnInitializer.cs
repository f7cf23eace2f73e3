using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>Which teacher block a student block starts from; a stage maps to the same stage, order kept.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BlockMapping>))]
public enum BlockMapping
{
    /// <summary>Block j from block j (the last where the teacher's stage is shorter): the authors' choice.</summary>
    Prefix,

    /// <summary>Spread evenly over the teacher's stage, first from first and last from last.</summary>
    Even,
}

/// <summary>What becomes of the 1×1 shortcuts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ShortcutInit>))]
public enum ShortcutInit
{
    /// <summary>They keep their random start: the authors' choice.</summary>
    Random,

    /// <summary>They are taken from the teacher like the rest.</summary>
    Copy,
}

/// <summary>How a target got its values.</summary>
public enum TransferKind
{
    /// <summary>Equal shapes: copied.</summary>
    Copied,

    /// <summary>Other channel counts: looped over the source's channels.</summary>
    Looped,

    /// <summary>Not transferred.</summary>
    Random,
}

/// <summary>One line of a transfer report.</summary>
/// <param name="Target">The student's tensor.</param>
/// <param name="TargetShape">Its shape.</param>
/// <param name="Source">The teacher's, or null.</param>
/// <param name="SourceShape">Its shape, or null.</param>
/// <param name="Kind">How.</param>
public sealed record Transfer(string Target, Shape TargetShape, string? Source, Shape? SourceShape, TransferKind Kind);

/// <summary>What came from where.</summary>
/// <param name="Transfers">One entry per tensor of the student.</param>
public sealed record TransferReport(IReadOnlyList<Transfer> Transfers)
{
    /// <summary>"114 copied, 0 looped, 20 random".</summary>
    public string Totals => string.Join(", ", Enum.GetValues<TransferKind>().Select(kind =>
        $"{Transfers.Count(t => t.Kind == kind)} {Word(kind)}"));

    /// <summary>A table, target ← source.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var t in Transfers)
        {
            string source = t.Source is null ? string.Empty : $"← {t.Source} {t.SourceShape}";
            text.AppendLine($"{Word(t.Kind),-7} {$"{t.Target} {t.TargetShape}",-56} {source}".TrimEnd());
        }

        return text.Append(Totals).ToString();
    }

    private static string Word(TransferKind kind) => kind switch
    {
        TransferKind.Copied => "copied",
        TransferKind.Looped => "looped",
        _ => "random",
    };
}

/// <summary>
/// Initialises a spiking ResNet from an ordinary one (§3.2.2): block mapping, loop interpolation over channels, batch-norm's four
/// vectors. The classifier stays random.
/// </summary>
public static class AnnInitializer
{
    /// <summary>Copies convolutions and batch-norms from the teacher to the student.</summary>
    /// <returns>What came from where.</returns>
    /// <exception cref="ArgumentException">A kernel or family does not fit; the message names both layers, and nothing has changed.</exception>
    public static TransferReport Initialize(ResNet student, ResNet teacher, BlockMapping mapping, ShortcutInit shortcuts)
    {
        RequireFit(student.Spec, teacher.Spec, mapping, shortcuts);
        var sources = teacher.Save();
        var transfers = new List<Transfer>();
        foreach (var entry in student.State())
        {
            Shape shape = entry.Shape;
            if (Keeps(entry.Name, shortcuts))
            {
                if (entry.Tensor is not null) transfers.Add(new(entry.Name, shape, null, null, TransferKind.Random));
                continue;
            }

            string name = SourceName(entry.Name, student.Spec, teacher.Spec, mapping);
            var source = sources[name];
            if (entry.Counter is { } counter)
            {
                counter.Value = source.Integers![0];
                continue;
            }

            transfers.Add(new(entry.Name, shape, name, source.Shape, shape == source.Shape ? TransferKind.Copied : TransferKind.Looped));
            entry.Load(Loop(source.Floats!, source.Shape, shape));
        }

        return new TransferReport(transfers);
    }

    /// <summary>Checks that a student can be initialised from a teacher, before either is built or trained.</summary>
    /// <exception cref="ArgumentException">It cannot; the message names both layers.</exception>
    public static void RequireFit(ModelSpec student, ModelSpec teacher, BlockMapping mapping, ShortcutInit shortcuts)
    {
        var sources = ResNetLayout.Layers(teacher).ToDictionary(layer => layer.Conv);
        foreach (var layer in ResNetLayout.Layers(student).Where(layer => !Keeps(layer.Conv, shortcuts)))
        {
            string name = SourceName(layer.Conv, student, teacher, mapping);
            if (sources.TryGetValue(name, out var source) && source.Kernel == layer.Kernel) continue;
            throw new ArgumentException(
                $"cannot initialise {student.Name}'s {layer.Conv} {WeightLayout.ToPyTorch(layer.WeightShape)} from {teacher.Name}'s {name} "
                + $"{(source is null ? "(absent)" : WeightLayout.ToPyTorch(source.WeightShape))}: kernel sizes differ; take a teacher of the same family "
                + "(18 and 34 are basic, 50, 101 and 152 bottleneck)");
        }
    }

    /// <summary>Which block of a teacher's stage student block j starts from.</summary>
    public static int SourceBlock(int j, int studentBlocks, int teacherBlocks, BlockMapping mapping) => mapping switch
    {
        BlockMapping.Prefix => Math.Min(j, teacherBlocks - 1),
        _ => studentBlocks == 1 ? 0 : (int)Math.Round((double)j * (teacherBlocks - 1) / (studentBlocks - 1), MidpointRounding.ToEven),
    };

    /// <summary>Loop interpolation: target[o, i, …] = source[o mod O_s, i mod I_s, …], to smaller and to larger.</summary>
    public static float[] Loop(ReadOnlySpan<float> source, Shape from, Shape to)
    {
        var (outputs, inputs, rest) = Channels(to);
        var (sourceOutputs, sourceInputs, _) = Channels(from);
        var target = new float[to.Size];
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < inputs; i++)
            {
                int at = (((o % sourceOutputs) * sourceInputs) + (i % sourceInputs)) * rest;
                source.Slice(at, rest).CopyTo(target.AsSpan(((o * inputs) + i) * rest));
            }
        }

        return target;
    }

    private static (int Outputs, int Inputs, int Inner) Channels(Shape shape) =>
        shape.Rank == 1 ? (shape[0], 1, 1) : (shape[0], shape[1], shape[2..].Size);

    /// <summary>Whether a tensor keeps its random start.</summary>
    private static bool Keeps(string name, ShortcutInit shortcuts) => name.StartsWith("fc.", StringComparison.Ordinal)
        || (shortcuts == ShortcutInit.Random && name.Contains(".downsample.", StringComparison.Ordinal));

    private static string SourceName(string target, ModelSpec student, ModelSpec teacher, BlockMapping mapping)
    {
        if (!target.StartsWith("layer", StringComparison.Ordinal)) return target;
        string[] parts = target.Split('.', 3);
        int stage = parts[0][^1] - '1';
        int block = int.Parse(parts[1], CultureInfo.InvariantCulture);
        return $"{parts[0]}.{SourceBlock(block, student.Blocks[stage], teacher.Blocks[stage], mapping)}.{parts[2]}";
    }
}
