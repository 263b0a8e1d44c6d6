using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.SparseMask;

/// <summary>Declared training of single weights.</summary>
internal sealed record SparseMaskSpec : LayerAdapterSpec
{
    internal override string Method => "SparseMask";

    public required double Density { get; init; }

    /// <summary>Name of the value of MaskChoice.</summary>
    public required string Choice { get; init; }

    public int? Samples { get; init; }

    internal bool ByFisher => Choice == "Fisher";

    internal override IReadOnlyList<string> Traits => [Method, Combinations.TrainsSingleWeights];

    internal override TargetQuery Query(ModuleTreeSpec tree) => base.Query(tree) with { DefaultTargets = [TargetQuery.AllLinear] };
}
