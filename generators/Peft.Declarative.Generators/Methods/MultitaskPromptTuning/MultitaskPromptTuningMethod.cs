using System.Globalization;
using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.MultitaskPromptTuning;

namespace Peft.Declarative.Generators.Methods.MultitaskPromptTuning;

/// <summary>Multitask prompt tuning: parses, plans and writes [MultitaskPromptTuning].</summary>
internal sealed class MultitaskPromptTuningMethod : VirtualTokenMethod
{
    internal override MethodFacts Facts => MultitaskPromptTuningFacts.Method;

    internal override IEnumerable<KnownType> Types =>
        [Public("MultitaskPromptInit", inExpressions: true), Public("MultitaskPromptTuningConfig"), Own("MultitaskPrompt")];

    internal override AdapterSpec Parse(AttributeReader attribute, ParseContext context) => MultitaskPromptTuningParser.Parse(attribute, context);

    internal override IEnumerable<(string Field, string Value)> SavedFields(AdapterSpec adapter)
    {
        var spec = (MultitaskPromptTuningSpec)adapter;
        return [.. base.SavedFields(adapter), ("num_tasks", Literal.Of(spec.Tasks)), ("num_ranks", Literal.Of(spec.Ranks))];
    }

    internal override ConfigText Config(AdapterPlan plan, TypeNames types)
    {
        var spec = (MultitaskPromptTuningSpec)plan.Spec;
        var settings = new List<string> { $"Tokens = {Literal.Of(spec.Tokens)}", $"Tasks = {Literal.Of(spec.Tasks)}", $"Ranks = {Literal.Of(spec.Ranks)}" };
        if (spec.Init != default) settings.Add($"Init = {types["MultitaskPromptInit"]}.{spec.Init}");
        if (spec.InitText is { } text) settings.Add($"InitText = {Literal.Of(text)}");
        if (spec.Tokenizer is { } tokenizer) settings.Add($"Tokenizer = {Literal.Of(tokenizer)}");
        if (spec.InitAdapter is { } source) settings.Add($"InitAdapter = {Literal.Of(source)}");
        if (spec.InitTask != 0) settings.Add($"InitTask = {Literal.Of(spec.InitTask)}");
        return new ConfigText(types["MultitaskPromptTuningConfig"], settings);
    }

    protected override string What(VirtualTokenSpec spec) =>
        $"{spec.Tokens} virtual tokens before the text, for {((MultitaskPromptTuningSpec)spec).Tasks} tasks";

    protected override long? Trained(VirtualTokenSpec spec, PlanContext context) => ((MultitaskPromptTuningSpec)spec).Parameters(context.Width);

    protected override long? Saved(VirtualTokenSpec spec, PlanContext context) => Trained(spec, context);

    protected override IEnumerable<string> Parts(AdapterPlan plan)
    {
        var spec = (MultitaskPromptTuningSpec)plan.Spec;
        string width = spec.WidthOf(plan.FileValuesBesideSaved)?.ToString(CultureInfo.InvariantCulture) ?? "hidden";
        yield return $"prompt [{spec.Rows}, {width}] before the text of every row";
        yield return $"times one matrix for each of {spec.Tasks} tasks, of rank {spec.Ranks}: [{spec.Rows}, {spec.Ranks}] · [{spec.Ranks}, {width}]";
    }

    protected override void WritePart(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
        var spec = (MultitaskPromptTuningSpec)plan.Spec;
        string start = $"{types["MultitaskPromptInit"]}.{spec.Init}";
        if (spec.InitText is { } text) start += $", text: {Literal.Of(text)}";
        if (spec.Tokenizer is { } tokenizer) start += $", tokenizer: {Literal.Of(tokenizer)}";
        if (spec.InitAdapter is { } source) start += $", source: {Literal.Of(source)}";
        if (spec.InitTask != 0) start += $", sourceTask: {Literal.Of(spec.InitTask)}";
        string sizes = $"tokens: {Literal.Of(spec.Tokens)}, tasks: {Literal.Of(spec.Tasks)}, ranks: {Literal.Of(spec.Ranks)}";
        code.Line($"prompts.Add(new {types["MultitaskPrompt"]}(this, {plan.NameText}, {sizes}, {start}));");
    }
}
