using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.FullFineTuning;

/// <summary>Declared training of whole layers.</summary>
internal sealed record FullFineTuningSpec : LayerAdapterSpec
{
    internal override string Method => "FullFineTuning";

    public int LastBlocks { get; init; }

    internal override IReadOnlyList<string> Traits => [Method, Combinations.TrainsBaseBiases, Combinations.TrainsBaseWeights];

    internal override TargetQuery Query(ModuleTreeSpec tree) => base.Query(tree) with { DefaultTargets = tree.Names, LastBlocks = LastBlocks };
}
