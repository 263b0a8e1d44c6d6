namespace Peft.Declarative.Text.Patterns;

/// <summary>What a step of a compiled pattern does.</summary>
internal enum PatternOperation : byte
{
    /// <summary>Takes one code point of the set, or fails.</summary>
    OneOf,

    /// <summary>Takes as many code points of the set as it can, between Low and High; gives them back one by one.</summary>
    Loop,

    /// <summary>Goes to Target when the next code point is not in the set.</summary>
    Guard,

    /// <summary>Goes on with the next step, and to Target if that fails.</summary>
    Try,

    /// <summary>Goes to Target, and on with the next step if that fails.</summary>
    TryTarget,

    /// <summary>Goes to Target.</summary>
    Jump,

    /// <summary>Matches the steps up to an <see cref="Accept"/> once, and goes on at Target.</summary>
    Atomic,

    /// <summary>Goes on at Target if the steps that follow match from here.</summary>
    LookAhead,

    /// <summary>Goes on at Target if they do not.</summary>
    LookAheadNot,

    /// <summary>Goes on at Target if the steps that follow match Low to High code points that end here.</summary>
    LookBehind,

    /// <summary>Goes on at Target if they do not.</summary>
    LookBehindNot,

    /// <summary>Checks the anchor in Low.</summary>
    Anchor,

    /// <summary>Notes the position in register Low.</summary>
    Mark,

    /// <summary>Goes to Target if the position is still that of register Low: an empty round ends a loop.</summary>
    LeaveIfStill,

    /// <summary>The pattern, or the part that looks, has matched.</summary>
    Accept,
}

/// <summary>One step of a compiled pattern; what the fields mean depends on the operation.</summary>
internal record struct PatternStep(PatternOperation Operation, CodePointSet? Set = null, int Low = 0, int High = 0, int Target = -1);
