using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Methods.Lora;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Methods.Dora;

namespace Peft.Declarative.Generators.Methods.Dora;

/// <summary>Weight-decomposed low-rank adaptation: LoRA, and a trained magnitude for each row of the sum. It is declared like LoRA.</summary>
internal sealed class DoraMethod : LoraMethod
{
    internal override MethodFacts Facts => DoraFacts.Method;

    internal override IEnumerable<KnownType> Types => [Public("DoraConfig"), Own("DoraEmbedding"), Own("DoraLinear")];

    internal override IEnumerable<(string Field, string Value)> SavedFields(AdapterSpec adapter) => LoraText.SavedFields((LoraSpec)adapter, hasMagnitude: true);

    internal override IEnumerable<(string End, long[] Shape)> SavedTensors(AdapterSpec adapter, PlannedLayer layer) =>
        [.. base.SavedTensors(adapter, layer), ("lora_magnitude_vector", [layer.Output])];

    // The output, for the gradient of the magnitudes.
    internal override double Activations(AdapterSpec adapter, PlannedLayer layer) => base.Activations(adapter, layer) + layer.Output;

    protected override string Spoken => "DoRA";

    protected override long Trained(LoraSpec spec, PlannedLayer layer) => base.Trained(spec, layer) + layer.Output;

    protected override string Parts(LoraSpec spec, PlannedLayer layer) => $"{base.Parts(spec, layer)}   m [{LoraText.Sizes(layer).Output}]";

    protected override LayerClass Class(LoraSpec spec, PlannedLayer layer, TypeNames types) => base.Class(spec, layer, types) with { Formula = Formula(spec, layer) };

    private static string Formula(LoraSpec spec, PlannedLayer layer)
    {
        var (output, input) = LoraText.Sizes(layer);
        string sum = $"W + {LoraText.Factor(spec, layer)}B A";
        string shapes = $"{LoraText.Factors(layer).Replace("   ", ", ")}, m [{output}]";
        return IsTable(layer)
            ? $"y = m / ‖{sum}‖ · ({sum})[id], by columns, W frozen [{input}, {output}], {shapes}"
            : $"y = m / ‖{sum}‖ · ({sum}) x{(layer.HasBias ? " + b" : "")}, by rows, W frozen [{output}, {input}], {shapes}";
    }
}
