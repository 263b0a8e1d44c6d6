using System.Globalization;
using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.PrefixTuning;

namespace Peft.Declarative.Generators.Methods.PrefixTuning;

/// <summary>Prefix tuning: parses, plans and writes [PrefixTuning].</summary>
internal sealed class PrefixTuningMethod : VirtualTokenMethod
{
    internal override MethodFacts Facts => PrefixTuningFacts.Method;

    internal override IEnumerable<KnownType> Types => [
        Public("PrefixTuningConfig"), Public("PrefixInit", inExpressions: true), Public("PrefixPlacement", inExpressions: true),
        Own("AttentionPrefix"), Own("KeyValuePrefix", inExpressions: true),
    ];

    internal override AdapterSpec Parse(AttributeReader attribute, ParseContext context) => PrefixTuningParser.Parse(attribute, context);

    internal override ConfigText Config(AdapterPlan plan, TypeNames types)
    {
        var spec = (PrefixTuningSpec)plan.Spec;
        return new ConfigText(types["PrefixTuningConfig"], Settings(spec, types));
    }

    protected override string What(VirtualTokenSpec spec) =>
        $"{spec.Tokens} learned keys and values before the text's in every attention layer{(((PrefixTuningSpec)spec).Projection ? ", made by a network" : "")}";

    protected override long? Trained(VirtualTokenSpec spec, PlanContext context) => PrefixCount.Trained((PrefixTuningSpec)spec, context);

    protected override long? Saved(VirtualTokenSpec spec, PlanContext context) => PrefixCount.InFile((PrefixTuningSpec)spec, context);

    protected override IEnumerable<string> Parts(AdapterPlan plan)
    {
        var spec = (PrefixTuningSpec)plan.Spec;
        if (spec.Beside)
        {
            yield return $"{(spec.Gated ? "gated " : "")}prefix of {spec.Tokens} keys and values beside the text in every attention layer{(spec.Projection ? ", made by a network" : "")}";
            yield break;
        }

        yield return $"prefix [{spec.Tokens}, {Width(plan)?.ToString(CultureInfo.InvariantCulture) ?? "2 · blocks · key width"}]: keys and values before the text's in every attention layer";
        if (spec.Projection)
        {
            yield return $"made by a network {(spec.Hidden > 0 ? spec.Hidden.ToString(CultureInfo.InvariantCulture) : "as")} wide{(spec.Hidden > 0 ? "" : " as a layer's keys")}; "
                + "the file holds the prefix, and the network lies beside it";
        }
    }

    protected override void WritePart(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
        var spec = (PrefixTuningSpec)plan.Spec;
        if (spec.Beside)
        {
            string settings = string.Join(", ", Settings(spec, types));
            code.Line($"prefixes.Add(new {types["AttentionPrefix"]}(this, {plan.NameText}, new {types["PrefixTuningConfig"]} {{ {settings} }}));");
            return;
        }

        string of = $"this, {plan.NameText}, tokens: {Literal.Of(spec.Tokens)}";
        code.Line(spec.Projection
            ? $"prefixes.Add({types["KeyValuePrefix"]}.Projected({of}, hidden: {Literal.Of(spec.Hidden)}));"
            : $"prefixes.Add(new {types["KeyValuePrefix"]}({of}, {types["PrefixInit"]}.{spec.Init}));");
    }

    private static List<string> Settings(PrefixTuningSpec spec, TypeNames types)
    {
        var settings = new List<string> { $"Tokens = {Literal.Of(spec.Tokens)}" };
        if (spec.Beside) settings.Add($"Placement = {types["PrefixPlacement"]}.Beside");
        if (spec.Gated) settings.Add("Gated = true");
        if (spec.Projection) settings.Add("Projection = true");
        if (spec.Hidden > 0) settings.Add($"ProjectionHidden = {Literal.Of(spec.Hidden)}");
        if (spec.Init != default) settings.Add($"Init = {types["PrefixInit"]}.{spec.Init}");
        return settings;
    }
}
