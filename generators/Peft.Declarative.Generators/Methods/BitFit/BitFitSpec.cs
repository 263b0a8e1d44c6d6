using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.BitFit;

/// <summary>Declared training of biases.</summary>
internal sealed record BitFitSpec : LayerAdapterSpec
{
    internal override string Method => "BitFit";

    internal override IReadOnlyList<string> Traits => [Method, Combinations.TrainsBaseBiases];

    internal override TargetQuery Query(ModuleTreeSpec tree) => base.Query(tree) with { DefaultTargets = tree.Names };
}
