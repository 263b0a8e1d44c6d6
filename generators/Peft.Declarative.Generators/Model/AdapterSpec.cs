using Peft.Declarative.Generators.Methods;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Model;

/// <summary>What every declared adapter has, whatever its method.</summary>
/// <param name="Kind">The method.</param>
/// <param name="Name">Name of the adapter.</param>
/// <param name="Place">The attribute.</param>
/// <param name="Written">The attribute as it is written, for headers.</param>
internal sealed record AdapterIdentity(AdapterMethod Kind, string Name, SourcePlace Place, string Written);

/// <summary>One declared adapter, as far as all methods agree.</summary>
/// <param name="Identity">What every adapter has.</param>
internal abstract record AdapterSpec(AdapterIdentity Identity)
{
    /// <summary>The method.</summary>
    internal AdapterMethod Kind => Identity.Kind;

    /// <summary>Name of the method, which is its attribute's.</summary>
    internal string Method => Identity.Kind.Name;

    /// <summary>Name of the adapter.</summary>
    internal string Name => Identity.Name;

    /// <summary>The attribute.</summary>
    internal SourcePlace Place => Identity.Place;

    /// <summary>The attribute as it is written, for headers.</summary>
    internal string Written => Identity.Written;

    /// <summary>Names of the adapters that this one is made of, which rest while it is active.</summary>
    internal virtual IReadOnlyList<string> Members => [];

    /// <summary>What the adapter claims, for the table of combinations.</summary>
    internal virtual IReadOnlyList<string> Traits => [Method];
}

/// <summary>A declared adapter that puts learned vectors before the text, in the input or in the cache.</summary>
internal abstract record VirtualTokenSpec(AdapterIdentity Identity) : AdapterSpec(Identity)
{
    internal override IReadOnlyList<string> Traits => [Method, Combinations.PutsTokensBeforeText];

    /// <summary>Whether they have places in the table of positions.</summary>
    internal virtual bool TakesPositions => true;

    /// <summary>Number of vectors before the text.</summary>
    public required int Tokens { get; init; }

    /// <summary>Number of vectors that are saved; an encoder-decoder has twice as many in its input.</summary>
    public required int Rows { get; init; }
}

/// <summary>A declared adapter that stands after or beside sublayers: which, and in which blocks.</summary>
internal abstract record SublayerAdapterSpec(AdapterIdentity Identity) : AdapterSpec(Identity)
{
    /// <summary>Sublayers by the names of declarations.</summary>
    public required EquatableArray<string> Targets { get; init; }

    public required double Reduction { get; init; }

    /// <summary>Reductions of blocks that differ; the keys are numbers of blocks.</summary>
    public EquatableArray<PatternEntry> ReductionPattern { get; init; }

    public EquatableArray<int> LeaveOut { get; init; }
}

/// <summary>A declared hybrid: the numbers of all its parts.</summary>
internal sealed record HybridSpec(AdapterIdentity Identity) : AdapterSpec(Identity)
{
    internal override IReadOnlyList<string> Traits => [Method, Combinations.PutsTokensBeforeText];

    public required int Tokens { get; init; }

    public required int ProjectionHidden { get; init; }

    public required double Reduction { get; init; }

    /// <summary>Factor on the bottlenecks' results, where the hybrid has one.</summary>
    public double Scale { get; init; }

    /// <summary>Rank of the low-rank updates, where the hybrid has them.</summary>
    public int? Rank { get; init; }
}
