using System.Globalization;
using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.PTuning;

namespace Peft.Declarative.Generators.Methods.PTuning;

/// <summary>P-tuning: parses, plans and writes [PTuning].</summary>
internal sealed class PTuningMethod : VirtualTokenMethod
{
    internal override MethodFacts Facts => PTuningFacts.Method;

    internal override IEnumerable<KnownType> Types => [Public("PTuningConfig"), Public("PromptEncoder", inExpressions: true), Own("EncodedPrompt")];

    internal override AdapterSpec Parse(AttributeReader attribute, ParseContext context) => PTuningParser.Parse(attribute, context);

    internal override ConfigText Config(AdapterPlan plan, TypeNames types)
    {
        var spec = (PTuningSpec)plan.Spec;
        var settings = new List<string> { $"Tokens = {Literal.Of(spec.Tokens)}" };
        if (spec.Hidden > 0) settings.Add($"Hidden = {Literal.Of(spec.Hidden)}");
        settings.Add($"Encoder = {Encoder(spec, types)}");
        if (spec.Layers != PTuningFacts.Layers) settings.Add($"Layers = {Literal.Of(spec.Layers)}");
        if (spec.Dropout != 0) settings.Add($"Dropout = {Literal.Of(spec.Dropout)}");
        return new ConfigText(types["PTuningConfig"], settings);
    }

    protected override string What(VirtualTokenSpec spec) =>
        $"{spec.Tokens} virtual tokens before the text, made by {(((PTuningSpec)spec).IsLstm ? "an LSTM" : "a perceptron")}";

    protected override long? Trained(VirtualTokenSpec spec, PlanContext context) => ((PTuningSpec)spec).Parameters(context.Width);

    protected override long? Saved(VirtualTokenSpec spec, PlanContext context) => spec.Rows * context.Width;

    protected override IEnumerable<string> Parts(AdapterPlan plan)
    {
        var spec = (PTuningSpec)plan.Spec;
        string width = Width(plan)?.ToString(CultureInfo.InvariantCulture) ?? "hidden";
        string network = spec.IsLstm ? $"an LSTM of {spec.Layers} layers" : "a perceptron";
        yield return $"prompt [{spec.Rows}, {width}] before the text of every row";
        yield return $"made by {network}, {(spec.Hidden > 0 ? spec.Hidden.ToString(CultureInfo.InvariantCulture) : width)} wide; the file holds the prompt, and the network lies beside it";
    }

    protected override void WritePart(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
        var spec = (PTuningSpec)plan.Spec;
        string network = $"hidden: {Literal.Of(spec.Hidden)}, {Encoder(spec, types)}";
        if (spec.Layers != PTuningFacts.Layers) network += $", layers: {Literal.Of(spec.Layers)}";
        if (spec.Dropout != 0) network += $", dropout: {Literal.Of(spec.Dropout)}";
        code.Line($"prompts.Add(new {types["EncodedPrompt"]}(this, {plan.NameText}, tokens: {Literal.Of(spec.Tokens)}, {network}));");
    }

    private static string Encoder(PTuningSpec spec, TypeNames types) => $"{types["PromptEncoder"]}.{spec.Encoder}";
}
