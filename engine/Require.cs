using System.Runtime.CompilerServices;

namespace Idsnn.Engine;

/// <summary>Checks of arguments whose message is built only where they fail.</summary>
internal static class Require
{
    /// <exception cref="ArgumentException">The condition does not hold.</exception>
    public static void That(bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] Message message)
    {
        if (!condition) throw new ArgumentException(message.ToString());
    }

    /// <exception cref="ArgumentException">What an operation works on lies on different devices; absent operands are null.</exception>
    public static void OneDevice(string op, params ReadOnlySpan<Device?> devices)
    {
        Device? first = null;
        foreach (var device in devices)
        {
            first ??= device;
            That(
                device is null || device == first,
                $"{op}: the operands lie on two devices, {first?.Info.Id} and {device?.Info.Id}; bring all to one");
        }
    }

    [InterpolatedStringHandler]
    public readonly ref struct Message
    {
        private readonly System.Text.StringBuilder? text;

        public Message(int literalLength, int formattedCount, bool condition, out bool build)
        {
            build = !condition;
            text = build ? new System.Text.StringBuilder(literalLength + (8 * formattedCount)) : null;
        }

        public void AppendLiteral(string literal) => text!.Append(literal);

        public void AppendFormatted<T>(T value) =>
            text!.Append(value is IFormattable f ? f.ToString(null, System.Globalization.CultureInfo.InvariantCulture) : value?.ToString());

        public override string ToString() => text?.ToString() ?? string.Empty;
    }
}
