using System.Text.Json.Serialization;

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
