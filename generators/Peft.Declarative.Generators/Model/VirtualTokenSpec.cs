using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Model;

/// <summary>A declared adapter that puts learned vectors before the text, in the input or in the cache.</summary>
internal abstract record VirtualTokenSpec : AdapterSpec
{
    internal override IReadOnlyList<string> Traits => [Method, Combinations.PutsTokensBeforeText];

    /// <summary>Number of vectors before the text.</summary>
    public required int Tokens { get; init; }

    /// <summary>Number of vectors that are saved; an encoder-decoder has twice as many in its input.</summary>
    public required int Rows { get; init; }
}
