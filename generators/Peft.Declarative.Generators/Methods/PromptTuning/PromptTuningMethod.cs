using System.Globalization;
using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.PromptTuning;

namespace Peft.Declarative.Generators.Methods.PromptTuning;

/// <summary>Prompt tuning: parses, plans and writes [PromptTuning].</summary>
internal sealed class PromptTuningMethod : VirtualTokenMethod
{
    internal override MethodFacts Facts => PromptTuningFacts.Method;

    internal override IEnumerable<KnownType> Types => [Public("PromptInit", inExpressions: true), Public("PromptTuningConfig"), Own("SoftPrompt")];

    internal override AdapterSpec Parse(AttributeReader attribute, ParseContext context) => PromptTuningParser.Parse(attribute, context);

    internal override ConfigText Config(AdapterPlan plan, TypeNames types)
    {
        var spec = (PromptTuningSpec)plan.Spec;
        var settings = new List<string> { $"Tokens = {Literal.Of(spec.Tokens)}" };
        if (spec.Init != default) settings.Add($"Init = {types["PromptInit"]}.{spec.Init}");
        if (spec.InitText is { } text) settings.Add($"InitText = {Literal.Of(text)}");
        if (spec.Tokenizer is { } tokenizer) settings.Add($"Tokenizer = {Literal.Of(tokenizer)}");
        return new ConfigText(types["PromptTuningConfig"], settings);
    }

    protected override string What(VirtualTokenSpec spec) => $"{spec.Tokens} virtual tokens before the text";

    protected override long? Trained(VirtualTokenSpec spec, PlanContext context) => spec.Rows * context.Width;

    protected override long? Saved(VirtualTokenSpec spec, PlanContext context) => Trained(spec, context);

    protected override IEnumerable<string> Parts(AdapterPlan plan) =>
        [$"prompt [{((VirtualTokenSpec)plan.Spec).Rows}, {Width(plan)?.ToString(CultureInfo.InvariantCulture) ?? "hidden"}] before the text of every row"];

    protected override void WritePart(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
        var spec = (PromptTuningSpec)plan.Spec;
        string start = $"{types["PromptInit"]}.{spec.Init}";
        if (spec.InitText is { } text) start += $", text: {Literal.Of(text)}";
        if (spec.Tokenizer is { } tokenizer) start += $", tokenizer: {Literal.Of(tokenizer)}";
        code.Line($"prompts.Add(new {types["SoftPrompt"]}(this, {plan.NameText}, tokens: {Literal.Of(spec.Tokens)}, {start}));");
    }
}

/// <summary>A declared soft prompt.</summary>
internal sealed record PromptTuningSpec(AdapterIdentity Identity) : VirtualTokenSpec(Identity)
{
    public required PromptInit Init { get; init; }

    public string? InitText { get; init; }

    public string? Tokenizer { get; init; }
}
