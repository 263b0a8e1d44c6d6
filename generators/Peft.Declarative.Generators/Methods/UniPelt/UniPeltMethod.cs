using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Methods.Bottleneck;
using Peft.Declarative.Generators.Methods.Lora;
using Peft.Declarative.Generators.Methods.PrefixTuning;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.UniPelt;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.UniPelt;

/// <summary>UniPELT: prefixes, bottlenecks and low-rank updates, each with a gate.</summary>
internal sealed class UniPeltMethod : HybridMethod
{
    internal override MethodFacts Facts => UniPeltFacts.Method;

    protected override HybridSpec Read(AttributeReader attribute)
    {
        var declared = attribute.Value<UniPeltAttribute>();
        return new HybridSpec(attribute.Identity)
        {
            Tokens = declared.Tokens,
            ProjectionHidden = declared.ProjectionHidden,
            Reduction = declared.Reduction,
            Rank = declared.Rank,
        };
    }

    protected override IEnumerable<(string Argument, double? Value)> Further(HybridSpec spec) => [("Rank", spec.Rank)];

    protected override IEnumerable<AdapterSpec> Parts(HybridSpec spec) =>
        [PrefixTuningSpec.In(spec, gated: true), BottleneckSpec.In(spec, "Bottleneck", gated: true), LoraSpec.In(spec)];

    protected override IEnumerable<string> Texts(HybridSpec spec) =>
    [
        $"gated prefix of {spec.Tokens} keys and values beside the text in every attention layer, made by a network {spec.ProjectionHidden} wide",
        $"gated bottlenecks of reduction {RuleTexts.Number(spec.Reduction)} after every mlp",
        $"gated low-rank updates of rank {spec.Rank} of query and value",
    ];

    protected override IEnumerable<string> Configs(HybridSpec spec, TypeNames types) =>
    [
        $"new {types["PrefixTuningConfig"]} {{ Tokens = {Literal.Of(spec.Tokens)}, Placement = {types["PrefixPlacement"]}.Beside, Projection = true, "
            + $"ProjectionHidden = {Literal.Of(spec.ProjectionHidden)}, Gated = true }}",
        $"new {types["BottleneckConfig"]} {{ Reduction = {Literal.Of(spec.Reduction)}, Gated = true }}",
        $"new {types["LoraConfig"]} {{ Rank = {Literal.Of(spec.Rank!.Value)}, Gated = true, FusedProjections = [0, 2] }}",
    ];
}
