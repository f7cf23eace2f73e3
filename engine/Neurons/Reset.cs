namespace Idsnn.Engine;

/// <summary>What firing does to the membrane.</summary>
public enum Reset
{
    /// <summary>Empties it.</summary>
    Hard,

    /// <summary>Subtracts the threshold.</summary>
    Soft,
}
