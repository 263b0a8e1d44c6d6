using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Model;

/// <summary>A declared hybrid: the numbers of all its parts.</summary>
internal sealed record HybridSpec(string MethodName) : AdapterSpec
{
    internal override string Method => MethodName;

    internal override IReadOnlyList<string> Traits => [Method, Combinations.PutsTokensBeforeText];

    public required int Tokens { get; init; }

    public required int ProjectionHidden { get; init; }

    public required double Reduction { get; init; }

    public required double Scale { get; init; }

    public required int Rank { get; init; }
}
