using System.Linq.Expressions;
using System.Reflection;

namespace Idsnn.Training;

/// <summary>A member of a <see cref="RunSpec"/>, or of a record in it, to be read and replaced.</summary>
internal sealed class MemberPath
{
    private static readonly MethodInfo Clone = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!;

    private readonly PropertyInfo[] properties;
    private readonly bool negated;

    private MemberPath(PropertyInfo[] properties, bool negated) => (this.properties, this.negated) = (properties, negated);

    /// <summary>The member that an expression such as s => s.Rate.Base or s => !s.Optimizer.DecayVectors reads.</summary>
    public static MemberPath Of<T>(Expression<Func<RunSpec, T>> member)
    {
        bool negated = member.Body.NodeType == ExpressionType.Not;
        var at = negated ? ((UnaryExpression)member.Body).Operand : member.Body;
        var properties = new Stack<PropertyInfo>();
        for (; at is MemberExpression { Member: PropertyInfo property } access; at = access.Expression) properties.Push(property);
        return new MemberPath([.. properties], negated);
    }

    /// <summary>Its value.</summary>
    public object? Get(RunSpec spec)
    {
        object? value = properties.Aggregate((object?)spec, (owner, property) => property.GetValue(owner));
        return negated ? !(bool)value! : value;
    }

    /// <summary>A training that differs in it alone.</summary>
    public RunSpec With(RunSpec spec, object? value) => (RunSpec)With(spec, 0, negated ? !(bool)value! : value);

    private object With(object owner, int depth, object? value)
    {
        var property = properties[depth];
        object copy = Clone.Invoke(owner, null)!;
        property.SetValue(copy, depth == properties.Length - 1 ? value : With(property.GetValue(owner)!, depth + 1, value));
        return copy;
    }
}
