using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.LayerNormTuning;

namespace Peft.Declarative.Generators.Methods.LayerNormTuning;

/// <summary>Layer-norm tuning: a trained copy of each norm.</summary>
internal sealed class LayerNormTuningMethod : LayerMethod<LayerNormTuningSpec>
{
    internal override MethodFacts Facts => LayerNormTuningFacts.Method;

    internal override IEnumerable<KnownType> Types => [Public("LayerNormTuningConfig"), Own("TunedNorm")];

    protected override LayerNormTuningSpec Read(AttributeReader attribute, ParseContext context) => new(attribute.Identity);

    protected override long Trained(LayerNormTuningSpec spec, PlannedLayer layer) => layer.Output * (layer.HasBias ? 2 : 1);

    protected override string Title(LayerNormTuningSpec spec) => "Trained copies";

    protected override string Parts(LayerNormTuningSpec spec, PlannedLayer layer) => layer.HasBias ? "own weight and bias" : "own weight";

    protected override IEnumerable<string> ConfigSettings(LayerNormTuningSpec spec, TypeNames types) => [];

    protected override LayerClass Class(LayerNormTuningSpec spec, PlannedLayer layer, TypeNames types)
    {
        string width = Size(layer.Output, "width");
        return new LayerClass($"a copy of the norm with its own weight [{width}]{(layer.HasBias ? $" and bias [{width}]" : "")}", types["TunedNorm"], []);
    }
}

/// <summary>Declared copies of norms.</summary>
internal sealed record LayerNormTuningSpec(AdapterIdentity Identity) : LayerAdapterSpec(Identity)
{
}
