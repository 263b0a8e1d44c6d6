using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.PrefixTuning;

/// <summary>A declared prefix.</summary>
internal sealed record PrefixTuningSpec(AdapterIdentity Identity) : VirtualTokenSpec(Identity)
{
    internal override bool TakesPositions => !Beside;

    internal override bool AreInInput => false;

    public required bool Projection { get; init; }

    /// <summary>The hidden width of the projection; 0 for the width of a layer's keys.</summary>
    public required int Hidden { get; init; }

    /// <summary>Whether it is beside the text instead of before it.</summary>
    public required bool Beside { get; init; }

    public required bool Gated { get; init; }

    public PrefixInit Init { get; init; }

    /// <summary>Gets the prefix of a hybrid: beside the text, and computed by a network.</summary>
    internal static PrefixTuningSpec In(HybridSpec hybrid, bool gated) => new(hybrid.Identity with { Kind = MethodCatalog.ByName("PrefixTuning") })
    {
        Tokens = hybrid.Tokens,
        Rows = hybrid.Tokens,
        Projection = true,
        Hidden = hybrid.ProjectionHidden,
        Beside = true,
        Gated = gated,
    };
}
