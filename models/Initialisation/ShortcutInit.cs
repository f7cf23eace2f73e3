using System.Text.Json.Serialization;

namespace Idsnn.Models;

/// <summary>What becomes of the 1×1 shortcuts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ShortcutInit>))]
public enum ShortcutInit
{
    /// <summary>They keep their random start: the authors' choice.</summary>
    Random,

    /// <summary>They are taken from the teacher like the rest.</summary>
    Copy,
}
