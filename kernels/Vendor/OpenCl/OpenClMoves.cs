using System.Globalization;
using System.Text.RegularExpressions;

namespace Idsnn.Kernels.Vendor;

/// <summary>
/// Moves of lanes as OpenCL's vectors. ILGPU takes a structure apart as soon as it has it, carries its fields through loops one by one and
/// puts them together where a structure is needed: thousands of statements that a driver's compiler has to see through. Lanes that are
/// loaded, stored, carried or taken from other lanes together are moved together here.
/// </summary>
internal sealed partial class OpenClMoves
{
    private const int MostLanes = 16;

    private readonly string[] lines;

    /// <summary>The structures of nothing but floats, and the vectors that loops carry, with how many floats each has.</summary>
    private readonly Dictionary<string, int> structures, carried = [];

    /// <summary>Where a scalar's value is as well: in a structure that it was copied from, or in a vector that it is a lane of.</summary>
    private readonly Dictionary<string, Lane> places;

    /// <summary>The statements that give a scalar another's value.</summary>
    private readonly ILookup<string, int> moves;

    private OpenClMoves(string source)
    {
        lines = source.Split('\n');
        var types = Structure().Matches(source).ToDictionary(type => type.Groups[1].Value, type => type.Groups[2].Captures.Count);
        structures = Declaration().Matches(source)
            .Where(variable => types.GetValueOrDefault(variable.Groups[1].Value) is 4 or 8 or 16 or 32)
            .ToDictionary(variable => variable.Groups[2].Value, variable => types[variable.Groups[1].Value]);
        moves = Enumerable.Range(0, lines.Length).Where(i => Move().IsMatch(lines[i]))
            .ToLookup(i => Move().Match(lines[i]).Groups[1].Value);
        places = lines.Select(line => Field().Match(line))
            .Where(field => field.Success && structures.ContainsKey(field.Groups[2].Value) && !moves.Contains(field.Groups[2].Value))
            .ToDictionary(field => field.Groups[1].Value, field => new Lane(field.Groups[2].Value, Number(field.Groups[3])));
    }

    /// <summary>The source with such moves made of vectors.</summary>
    public static string Widen(string source)
    {
        var moves = new OpenClMoves(source);
        if (moves.structures.Count == 0) return source;
        moves.Carry();
        moves.Join();
        return moves.Rename();
    }

    /// <summary>
    /// Makes vectors of scalars that loops carry and that fill structures, and of those that these are given the values of.
    /// </summary>
    private void Carry()
    {
        var groups = new Stack<string[]>();
        for (int i = 0; i < lines.Length; i++)
        {
            if (Target(i) is { } target && Sources(i, Lanes(target)) is { } sources) groups.Push(sources);
        }

        while (groups.TryPop(out string[]? group))
        {
            if (group.Any(scalar => !moves.Contains(scalar) || places.ContainsKey(scalar)) || group.Distinct().Count() < group.Length)
            {
                continue;
            }

            string vector = "carried_" + group[0];
            carried.Add(vector, group.Length);
            for (int lane = 0; lane < group.Length; lane++) places.Add(group[lane], new Lane(vector, lane));
            foreach (int i in moves[group[0]])
            {
                if (Sources(i, group.Length) is { } sources) groups.Push(sources);
            }
        }
    }

    /// <summary>Replaces statements that move lanes which belong together.</summary>
    private void Join()
    {
        for (int i = 0; i < lines.Length; i++)
        {
            if (Load().Match(lines[i]) is { Success: true } load && structures.TryGetValue(load.Groups[1].Value, out int loaded))
            {
                lines[i] = Each(
                    loaded, lane => $"{Vector(new Lane(load.Groups[1].Value, lane))} = {Memory(load.Groups[2].Value, loaded, lane)};");
            }
            else if (Store().Match(lines[i]) is { Success: true } store && structures.TryGetValue(store.Groups[2].Value, out int stored))
            {
                lines[i] = Each(
                    stored, lane => $"{Memory(store.Groups[1].Value, stored, lane)} = {Vector(new Lane(store.Groups[2].Value, lane))};");
            }
            else if (
                Target(i) is { } target && Sources(i, Lanes(target)) is { } sources && From(sources) is { } from
                    && Lanes(from) == Lanes(target))
            {
                lines.AsSpan(i, Lanes(target)).Fill(string.Empty);
                lines[i] = $"\t{Vector(target)} = {Vector(from)};";
            }
        }
    }

    /// <summary>
    /// The source with scalars named as the lanes that they are, and without copies of fields that nothing uses any more.
    /// </summary>
    private string Rename()
    {
        var uses = lines.SelectMany(line => Scalar().Matches(line)).CountBy(scalar => scalar.Value).ToDictionary();
        return string.Join('\n', lines.Select(line =>
        {
            // Its declaration and this statement are two uses.
            if (Field().Match(line) is { Success: true } field && uses[field.Groups[1].Value] == 2) return string.Empty;
            if (Declared().Match(line) is { Success: true } declared && Carried(declared.Groups[1].Value) is { } lane)
                return lane.Index == 0 ? $"\tfloat{Text(carried[lane.Owner])} {lane.Owner};" : string.Empty;
            return Scalar().Replace(line, scalar => Carried(scalar.Value) is { } lane ? $"{lane.Owner}.s{lane.Index:x}" : scalar.Value);
        }).Where(line => line.Length > 0));
    }

    private Lane? Carried(string scalar) => places.TryGetValue(scalar, out var lane) && carried.ContainsKey(lane.Owner) ? lane : null;

    /// <summary>The lane that a statement gives a scalar's value to.</summary>
    private Lane? Target(int line)
    {
        if (Move().Match(lines[line]) is { Success: true } move) return Carried(move.Groups[1].Value);
        return Fill().Match(lines[line]) is { Success: true } fill && structures.ContainsKey(fill.Groups[1].Value)
            ? new Lane(fill.Groups[1].Value, Number(fill.Groups[2]))
            : null;
    }

    /// <summary>The scalars whose values the statements from a line on give to lanes in order; null if they don't.</summary>
    private string[]? Sources(int line, int lanes)
    {
        if (line + lanes > lines.Length || Target(line) is not { } first || first.Index % lanes != 0) return null;
        for (int i = 1; i < lanes; i++)
        {
            if (Target(line + i) != first with { Index = first.Index + i }) return null;
        }

        return [.. lines.Skip(line).Take(lanes).Select(copy => Source().Match(copy).Groups[1].Value)];
    }

    /// <summary>Where the scalars lie together; null if they don't.</summary>
    private Lane? From(string[] scalars) =>
        places.TryGetValue(scalars[0], out var first) && first.Index % scalars.Length == 0
        && scalars.Index().All(scalar => places.GetValueOrDefault(scalar.Item) == first with { Index = first.Index + scalar.Index })
        ? first
        : null;

    private int Lanes(Lane lane) => carried.TryGetValue(lane.Owner, out int lanes) ? lanes : Math.Min(structures[lane.Owner], MostLanes);

    private string Vector(Lane first) =>
        carried.ContainsKey(first.Owner) ? first.Owner : $"{OpenClLanes.Access(Lanes(first))}{first.Owner}.field_{Text(first.Index)})";

    private static string Each(int floats, Func<int, string> statement)
    {
        int lanes = Math.Min(floats, MostLanes);
        return string.Concat(Enumerable.Range(0, floats / lanes).Select(part => "\t" + statement(part * lanes)));
    }

    private static string Memory(string pointer, int floats, int lane)
    {
        int lanes = Math.Min(floats, MostLanes);
        return $"((global lanes{Text(lanes)}*){pointer})[{Text(lane / lanes)}]";
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"struct (type_\d+)\s*\{(\s*float field_\d+;)+\s*\}")]
    private static partial Regex Structure();

    [GeneratedRegex(@"^\s*struct (type_\d+) (var\d+);", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^\s*float (var\d+);")]
    private static partial Regex Declared();

    [GeneratedRegex(@"^\s*(var\d+) = +\* +(var\d+);")]
    private static partial Regex Load();

    [GeneratedRegex(@"^\s*\* +(var\d+) = +(var\d+);")]
    private static partial Regex Store();

    [GeneratedRegex(@"^\s*(var\d+) = +(var\d+);")]
    private static partial Regex Move();

    [GeneratedRegex(@"^\s*(var\d+) = +(var\d+)\.field_(\d+);")]
    private static partial Regex Field();

    [GeneratedRegex(@"^\s*(var\d+)\.field_(\d+) = +(var\d+);")]
    private static partial Regex Fill();

    [GeneratedRegex(@"= +(var\d+);")]
    private static partial Regex Source();

    [GeneratedRegex(@"\bvar\d+")]
    private static partial Regex Scalar();

    /// <summary>A lane of a structure or of a vector.</summary>
    private readonly record struct Lane(string Owner, int Index);
}
