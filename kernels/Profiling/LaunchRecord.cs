using System.Reflection;
using ILGPU;

namespace Idsnn.Kernels.Profiling;

/// <summary>One launch.</summary>
/// <param name="Phase">What the program was doing: teacher, forward, backward, update.</param>
/// <param name="Kernel">The kernel's name.</param>
/// <param name="Label">Its size.</param>
/// <param name="StartMs">When it began, from the start of the profile.</param>
/// <param name="Ms">How long it took.</param>
/// <param name="Flops">Floating-point operations.</param>
/// <param name="Bytes">Bytes read and written.</param>
/// <param name="Arithmetic">What does the operations.</param>
public sealed record LaunchRecord(
    string Phase, string Kernel, string Label, double StartMs, double Ms, double Flops, double Bytes,
    Arithmetic Arithmetic = Arithmetic.MultiplyAdd)
{
    internal static LaunchRecord Of<K>(string phase, in K kernel, double startMs, double ms)
        where K : struct
    {
        object boxed = kernel;
        var arguments = Arguments(boxed).ToList();
        var views = arguments.OfType<IArrayView>().ToList();
        var measured = boxed as IMeasured;
        double bytes = measured?.Bytes ?? views.Sum(view => (double)view.LengthInBytes);
        string label = arguments.OfType<ILaunchSpec>().FirstOrDefault()?.Label
            ?? (views.Count == 0 ? string.Empty : FormattableString.Invariant($"{views.Max(view => view.Length)}"));
        return new LaunchRecord(
            phase, Name(typeof(K)), label, startMs, ms, measured?.Flops ?? 0, bytes, measured?.Arithmetic ?? Arithmetic.MultiplyAdd);
    }

    /// <summary>A kernel's fields, and those of the structs among them.</summary>
    private static IEnumerable<object> Arguments(object kernel)
    {
        foreach (var field in kernel.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            object? value = field.GetValue(kernel);
            if (value is null) continue;
            yield return value;
            bool nested = value is not (IArrayView or ILaunchSpec) && !field.FieldType.IsPrimitive && field.FieldType.IsValueType;
            if (!nested) continue;
            foreach (object inner in Arguments(value)) yield return inner;
        }
    }

    /// <summary>A type as it is written in C#.</summary>
    internal static string Name(Type type)
    {
        string name = type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
