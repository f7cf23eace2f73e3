using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Idsnn.Training;

/// <summary>
/// Sees that what was read from JSON is all there and can be: System.Text.Json puts null where a value is missing, into collections
/// whatever their elements' types say, and the records of runs and checkpoints hold counts, which are not below 0, and finite numbers.
/// </summary>
internal static class Complete
{
    /// <summary>Goes through a record, its properties that are read, and the elements of its collections.</summary>
    /// <param name="record">The record.</param>
    /// <param name="finite">Whether its numbers must be finite.</param>
    /// <exception cref="JsonException">
    /// Something is null that must not be, a count below 0, a number not finite; the message says which.
    /// </exception>
    public static void Require(object record, bool finite = true) => Require(record, finite, new NullabilityInfoContext(), string.Empty);

    private static void Require(object record, bool finite, NullabilityInfoContext context, string place)
    {
        foreach (var property in record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
        {
            string name = place + JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            Require(property.GetValue(record), finite, context.Create(property), context, name);
        }
    }

    private static void Require(object? value, bool finite, NullabilityInfo info, NullabilityInfoContext context, string name)
    {
        if (value is null)
        {
            if (info.ReadState == NullabilityState.NotNull) throw new JsonException($"'{name}' is missing");
        }
        else if (value is (int or long) and var count && Convert.ToInt64(count, CultureInfo.InvariantCulture) < 0)
        {
            throw new JsonException($"'{name}' is {count}, expected 0 or more");
        }
        else if (
            finite && value is (float or double) and var number && !double.IsFinite(Convert.ToDouble(number, CultureInfo.InvariantCulture)))
        {
            throw new JsonException($"'{name}' is {number}, expected a finite number");
        }
        else if (value is IEnumerable list and not string)
        {
            var element = info.ElementType ?? info.GenericTypeArguments.LastOrDefault() ?? info;
            int i = 0;
            foreach (object? item in value is IDictionary dictionary ? dictionary.Values : list)
            {
                Require(item, finite, element, context, $"{name}[{i++}]");
            }
        }
        else if (value.GetType().Namespace?.StartsWith(nameof(Idsnn), StringComparison.Ordinal) == true && !value.GetType().IsEnum)
        {
            Require(value, finite, context, name + ".");
        }
    }
}
