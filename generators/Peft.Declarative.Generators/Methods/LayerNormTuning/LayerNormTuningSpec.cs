using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.LayerNormTuning;

/// <summary>Declared copies of norms.</summary>
internal sealed record LayerNormTuningSpec : LayerAdapterSpec
{
    internal override string Method => "LayerNormTuning";
}
