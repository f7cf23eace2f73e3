namespace Idsnn.Models;

/// <summary>What a convolution is to its network, whatever its name: networks are initialised from others by it.</summary>
public enum LayerKind
{
    /// <summary>The first convolution, of networks that have it outside their stages.</summary>
    Stem,

    /// <summary>A convolution on a block's path.</summary>
    Path,

    /// <summary>A block's 1×1 shortcut.</summary>
    Shortcut,
}

/// <summary>The place of a convolution in its network.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Stage">Its stage, from 0.</param>
/// <param name="Block">Its block in the stage, from 0.</param>
/// <param name="Position">Its place on the block's path, from 0.</param>
public readonly record struct LayerRole(LayerKind Kind, int Stage = 0, int Block = 0, int Position = 0);
