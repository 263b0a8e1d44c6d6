using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.AdapterFusion;

/// <summary>A declared fusion of bottlenecks.</summary>
internal sealed record AdapterFusionSpec(AdapterIdentity Identity) : AdapterSpec(Identity)
{
    internal override IReadOnlyList<string> Members => Adapters;

    /// <summary>The names of the bottlenecks.</summary>
    public required EquatableArray<string> Adapters { get; init; }

    public required bool Value { get; init; }

    public required bool Regularization { get; init; }

    public bool Temperature { get; init; }

    public bool QueryBeforeNorm { get; init; }

    public double Dropout { get; init; }
}
