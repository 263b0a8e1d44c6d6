using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Methods.Bottleneck;
using Peft.Declarative.Generators.Methods.PrefixTuning;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.MixAndMatch;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.MixAndMatch;

/// <summary>MAM: prefixes, and scaled bottlenecks parallel to the feed-forward networks.</summary>
internal sealed class MixAndMatchMethod : HybridMethod
{
    internal override MethodFacts Facts => MixAndMatchFacts.Method;

    protected override HybridSpec Read(AttributeReader attribute)
    {
        var declared = attribute.Value<MixAndMatchAttribute>();
        return new HybridSpec(attribute.Identity)
        {
            Tokens = declared.Tokens,
            ProjectionHidden = declared.ProjectionHidden,
            Reduction = declared.Reduction,
            Scale = declared.Scale,
        };
    }

    protected override IEnumerable<(string Argument, double? Value)> Further(HybridSpec spec) => [("Scale", spec.Scale)];

    protected override IEnumerable<AdapterSpec> Parts(HybridSpec spec) =>
        [PrefixTuningSpec.In(spec, gated: false), BottleneckSpec.In(spec, "ParallelBottleneck", gated: false)];

    protected override IEnumerable<string> Texts(HybridSpec spec) =>
    [
        $"prefix of {spec.Tokens} keys and values beside the text in every attention layer, made by a network {spec.ProjectionHidden} wide",
        $"bottlenecks of reduction {RuleTexts.Number(spec.Reduction)} beside every mlp, times {RuleTexts.Number(spec.Scale)}",
    ];

    protected override IEnumerable<string> Configs(HybridSpec spec, TypeNames types) =>
    [
        $"new {types["PrefixTuningConfig"]} {{ Tokens = {Literal.Of(spec.Tokens)}, Placement = {types["PrefixPlacement"]}.Beside, Projection = true, "
            + $"ProjectionHidden = {Literal.Of(spec.ProjectionHidden)} }}",
        $"new {types["ParallelBottleneckConfig"]} {{ Reduction = {Literal.Of(spec.Reduction)}, Scale = {Literal.Of(spec.Scale)} }}",
    ];
}
