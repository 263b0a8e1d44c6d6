using Peft.Declarative.Generators.Methods;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Model;

/// <summary>The identity of a declared adapter, regardless of its method.</summary>
/// <param name="Kind">The method.</param>
/// <param name="Name">The name of the adapter.</param>
/// <param name="Place">The attribute.</param>
/// <param name="Written">The attribute as written in the source, for headers.</param>
internal sealed record AdapterIdentity(AdapterMethod Kind, string Name, SourcePlace Place, string Written)
{
    /// <summary>The names that [Personas] gives to adapters of this declaration, of which this is one; none without [Personas].</summary>
    public EquatableArray<string> Personas { get; init; }

    /// <summary>The learning rate as a C# literal; empty for that of [Training].</summary>
    public string LearningRate { get; init; } = "";

    /// <summary>Whether the attribute sets no Name.</summary>
    public bool IsUnnamed { get; init; }
}

/// <summary>One declared adapter, with the members that all methods have.</summary>
/// <param name="Identity">The identity of the adapter.</param>
internal abstract record AdapterSpec(AdapterIdentity Identity)
{
    /// <summary>The method.</summary>
    internal AdapterMethod Kind => Identity.Kind;

    /// <summary>The name of the method, which is its attribute's.</summary>
    internal string Method => Identity.Kind.Name;

    /// <summary>The name of the adapter.</summary>
    internal string Name => Identity.Name;

    /// <summary>The attribute.</summary>
    internal SourcePlace Place => Identity.Place;

    /// <summary>The attribute as written in the source, for headers.</summary>
    internal string Written => Identity.Written;

    /// <summary>Whether [Personas] repeats the declaration.</summary>
    internal bool IsRepeated => Identity.Personas.Count > 0;

    /// <summary>Whether this is the first adapter of its declaration. What is planned, written and in each row of a batch once is that of the first one.</summary>
    internal bool IsFirst => !IsRepeated || Identity.Personas[0] == Name;

    /// <summary>The names of the adapters that this one combines. They are inactive while it is active.</summary>
    internal virtual IReadOnlyList<string> Members => [];

    /// <summary>The parts of the model that the adapter uses, for the table of combinations.</summary>
    internal virtual IReadOnlyList<string> Traits => [Method];
}

/// <summary>A declared adapter with virtual tokens, in the input or in the cache.</summary>
internal abstract record VirtualTokenSpec(AdapterIdentity Identity) : AdapterSpec(Identity)
{
    internal override IReadOnlyList<string> Traits => [Method, Combinations.PutsTokensBeforeText];

    /// <summary>Whether the virtual tokens have positions.</summary>
    internal virtual bool TakesPositions => true;

    /// <summary>Whether the virtual tokens go through the model as tokens of the text do.</summary>
    internal virtual bool AreInInput => true;

    /// <summary>The number of virtual tokens before the text.</summary>
    public required int Tokens { get; init; }

    /// <summary>The number of virtual tokens that are saved; an encoder-decoder has twice as many in its input.</summary>
    public required int Rows { get; init; }
}

/// <summary>A declared adapter after or parallel to sublayers.</summary>
internal abstract record SublayerAdapterSpec(AdapterIdentity Identity) : AdapterSpec(Identity)
{
    /// <summary>The sublayers, by their names in declarations.</summary>
    public required EquatableArray<string> Targets { get; init; }

    public required double Reduction { get; init; }

    /// <summary>The reductions of blocks that differ, by the indices of the blocks.</summary>
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

    /// <summary>The factor on the bottlenecks' results, if the hybrid has one.</summary>
    public double Scale { get; init; }

    /// <summary>The rank of the low-rank updates, if the hybrid has them.</summary>
    public int? Rank { get; init; }
}
