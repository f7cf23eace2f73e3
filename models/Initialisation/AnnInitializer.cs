using Idsnn.Engine;

namespace Idsnn.Models;

/// <summary>
/// Initialises a spiking network from an ordinary one of its family (§3.2.2): block mapping, loop interpolation over channels, batch-norm's
/// four vectors. Layers are matched by their roles, whatever their names. The classifier stays random.
/// </summary>
public static class AnnInitializer
{
    /// <summary>Copies convolutions and batch-norms from the teacher to the student.</summary>
    /// <returns>What came from where.</returns>
    /// <exception cref="ArgumentException">
    /// A kernel or family does not fit; the message names both layers, and nothing has changed.
    /// </exception>
    public static TransferReport Initialize(INetwork student, INetwork teacher, BlockMapping mapping, ShortcutInit shortcuts)
    {
        var names = Sources(student.Spec, teacher.Spec, mapping, shortcuts)
            .SelectMany(pair => pair.Target.StateNames.Zip(pair.Source.StateNames, (target, source) => (target, source, pair.Source.Block)))
            .ToDictionary(entry => entry.target, entry => (Name: entry.source, entry.Block));
        var blocks = NetworkLayout.Of(student.Spec).Convolutions
            .SelectMany(layer => layer.StateNames.Select(name => (name, layer.Block))).ToDictionary();
        var sources = teacher.Save();
        var transfers = new List<Transfer>();
        foreach (var entry in student.State())
        {
            Shape shape = entry.Shape;
            string block = blocks.GetValueOrDefault(entry.Name) ?? ConvBnSpec.BlockOf(entry.Name[..entry.Name.LastIndexOf('.')]);
            if (!names.TryGetValue(entry.Name, out var found))
            {
                if (entry.Tensor is not null) transfers.Add(new(entry.Name, shape, null, null, TransferKind.Random) { Block = block });
                continue;
            }

            var source = sources[found.Name];
            if (entry.Counter is { } counter)
            {
                counter.Value = source.Integers![0];
                continue;
            }

            var kind = shape == source.Shape ? TransferKind.Copied : TransferKind.Looped;
            transfers.Add(new(entry.Name, shape, found.Name, source.Shape, kind) { Block = block, SourceBlock = found.Block });
            entry.Load(Loop(source.Floats!, source.Shape, shape));
        }

        return new TransferReport(transfers);
    }

    /// <summary>Checks that a student can be initialised from a teacher, before either is built or trained.</summary>
    /// <exception cref="ArgumentException">It cannot; the message names both layers.</exception>
    public static void RequireFit(ModelSpec student, ModelSpec teacher, BlockMapping mapping, ShortcutInit shortcuts) =>
        _ = Sources(student, teacher, mapping, shortcuts);

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

    /// <summary>The convolutions of a student that are taken from a teacher, each with the teacher's.</summary>
    private static List<(ConvBnSpec Target, ConvBnSpec Source)> Sources(
        ModelSpec student, ModelSpec teacher, BlockMapping mapping, ShortcutInit shortcuts)
    {
        NetworkLayout target = NetworkLayout.Of(student), source = NetworkLayout.Of(teacher);
        if (student.Family != teacher.Family || target.Blocks.Count != source.Blocks.Count)
        {
            throw new ArgumentException(
                $"cannot initialise {student.Name} from {teacher.Name}: a student takes its weights from a teacher of its own family with "
                    + $"as many "
                + $"stages, and {student.Name} is a {student.Family} of {target.Blocks.Count} stages, {teacher.Name} a {teacher.Family} of "
                + $"{source.Blocks.Count}; take such a teacher, or start the student from random weights");
        }

        var byRole = source.Convolutions.ToDictionary(layer => layer.Role);
        var pairs = new List<(ConvBnSpec, ConvBnSpec)>();
        foreach (var layer in target.Convolutions)
        {
            var role = layer.Role;
            if (role.Kind == LayerKind.Shortcut && shortcuts == ShortcutInit.Random) continue;
            int block = SourceBlock(role.Block, target.Blocks[role.Stage], source.Blocks[role.Stage], mapping);
            var wanted = role.Kind == LayerKind.Stem ? role : role with { Block = block };
            if (!byRole.TryGetValue(wanted, out var found) || found.Kernel != layer.Kernel)
            {
                throw new ArgumentException(
                    $"cannot initialise {student.Name}'s {layer.Conv} {WeightLayout.ToPyTorch(layer.WeightShape)} from {teacher.Name}'s "
                    + $"{(found is null ? "absent layer in its place" : $"{found.Conv} {WeightLayout.ToPyTorch(found.WeightShape)}")}: "
                    + "kernel sizes differ; take a teacher of the same family (18 and 34 are basic, 50, 101 and 152 bottleneck)");
            }

            pairs.Add((layer, found));
        }

        return pairs;
    }
}
