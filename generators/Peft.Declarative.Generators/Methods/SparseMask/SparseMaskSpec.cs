using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.SparseMask;

/// <summary>Declared training of single weights.</summary>
internal sealed record SparseMaskSpec(AdapterIdentity Identity) : LayerAdapterSpec(Identity)
{
    public required double Density { get; init; }

    public required MaskChoice Choice { get; init; }

    public int? Samples { get; init; }

    internal bool ByFisher => Choice == MaskChoice.Fisher;

    internal override IReadOnlyList<string> Traits => [Method, Combinations.TrainsSingleWeights];

    internal override TargetQuery Query(ModuleTreeSpec tree) => base.Query(tree) with { DefaultTargets = [TargetQuery.AllLinear] };
}
