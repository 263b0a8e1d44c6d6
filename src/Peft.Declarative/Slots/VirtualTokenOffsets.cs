namespace Peft.Declarative.Slots;

/// <summary>What stands before a text that is not text: learned tokens, and keys and values of prefixes.</summary>
/// <param name="Slots">Keys before those of the text.</param>
/// <param name="Positions">Positions before the text's first token; fewer than keys where a prefix takes none.</param>
internal readonly record struct VirtualTokenOffsets(int Slots, int Positions)
{
    /// <summary>Keys at the front that have no position: every query sees them.</summary>
    internal int Unplaced => Slots - Positions;

    public static VirtualTokenOffsets operator +(VirtualTokenOffsets prefix, int tokens) => new(prefix.Slots + tokens, prefix.Positions + tokens);
}
