namespace Idsnn.Kernels.Launch;

/// <summary>Finds every kernel of this assembly by its interface, so that none is forgotten by a check of all.</summary>
public static class KernelCatalog
{
    private static readonly int[] LaneCounts = [1, 4, 8, 16];

    private static readonly Type[] Structs =
        [.. typeof(KernelCatalog).Assembly.GetTypes().Where(type => type is { IsValueType: true, IsEnum: false })];

    /// <summary>Every kernel, in every form that a plan of that many lanes may launch.</summary>
    /// <param name="maxLanes">The plan's widest lanes.</param>
    public static IEnumerable<KernelVariant> All(int maxLanes) =>
        from type in Structs.Where(type => type.IsPublic).OrderBy(type => type.Name, StringComparer.Ordinal)
        let lanes = typeof(ILaneKernel).IsAssignableFrom(type)
        where lanes || typeof(IKernel).IsAssignableFrom(type) || typeof(IGroupKernel).IsAssignableFrom(type)
        from closed in Close(type)
        from count in lanes ? LaneCounts.Where(n => n <= maxLanes) : [0]
        select new KernelVariant(closed, count);

    /// <summary>The type itself, or one type for each choice of its parameters among the structs that their constraints admit.</summary>
    private static IEnumerable<Type> Close(Type type)
    {
        if (!type.IsGenericTypeDefinition) return [type];
        IEnumerable<Type[]> choices = [[]];
        foreach (var parameter in type.GetGenericArguments())
        {
            var constraints = parameter.GetGenericParameterConstraints().Where(c => c.IsInterface).ToList();
            var candidates = Structs.Where(s => constraints.TrueForAll(c => Resembles(s, c))).SelectMany(Close).ToList();
            choices = choices
                .SelectMany(some => candidates.Select(one => (Type[])[.. some, one]))
                .Where(chosen => constraints.TrueForAll(c => Admits(c, chosen)));
        }

        return choices.Select(arguments => type.MakeGenericType(arguments));
    }

    /// <summary>Whether a struct, perhaps with parameters of its own, has the constraint's interface with any arguments.</summary>
    private static bool Resembles(Type candidate, Type constraint) => constraint.IsGenericType
        ? candidate.GetInterfaces().Any(i => Implements(i, constraint))
        : constraint.IsAssignableFrom(candidate);

    /// <summary>
    /// Whether the last of the chosen types meets a constraint of its parameter, which may name that parameter and those before it:
    /// where T : IWarp&lt;T&gt;.
    /// </summary>
    private static bool Admits(Type constraint, Type[] chosen)
    {
        // The emulation of a warp is for the CPU accelerator.
        if (chosen[^1] == typeof(EmulatedWarp)) return false;
        if (!constraint.IsGenericType) return true;
        var wanted = constraint.GetGenericArguments().Select(a => a.IsGenericParameter ? chosen[a.GenericParameterPosition] : a);
        return chosen[^1].GetInterfaces().Any(i => Implements(i, constraint) && i.GetGenericArguments().SequenceEqual(wanted));
    }

    private static bool Implements(Type type, Type constraint) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == constraint.GetGenericTypeDefinition();
}
