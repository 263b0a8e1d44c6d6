using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;

namespace Peft.Declarative.Generators.Methods.PromptTuning;

/// <summary>Prompt tuning: reads [PromptTuning], plans it, writes it.</summary>
internal sealed class PromptTuningMethod : AdapterMethod
{
    internal override string Name => "PromptTuning";

    internal override AdapterSpec Parse(AttributeReader attribute, ParseContext context) => PromptTuningParser.Parse(attribute, context);

    internal override AdapterPlan Plan(AdapterSpec adapter, PlanContext context)
    {
        long? trainable = ((PromptTuningSpec)adapter).Tokens * context.Width;
        return new AdapterPlan(adapter, "", default, default, AtRunTime: false, trainable, trainable);
    }

    internal override string Summary(AdapterPlan plan, ModelPlan model)
    {
        string cost = plan.Trainable is { } trainable ? $": {ModelReport.Share(trainable, model)}." : ". Sizes come from the checkpoint.";
        return $"{Spec(plan).Tokens} learned tokens before the text{cost}";
    }

    internal override IEnumerable<string> Report(AdapterPlan plan)
    {
        PromptTuningSpec spec = Spec(plan);
        string shape = plan.Trainable is { } trainable ? $"[{spec.Tokens}, {trainable / Math.Max(spec.Tokens, 1)}]" : $"[{spec.Tokens}, hidden]";
        yield return $"prompt {shape} before the text of every row";
    }

    internal override ConfigText Config(AdapterPlan plan, TypeNames types)
    {
        PromptTuningSpec spec = Spec(plan);
        var settings = new List<string> { $"Tokens = {Literal.Of(spec.Tokens)}" };
        if (spec.Init != "Random") settings.Add($"Init = {types["PromptInit"]}.{spec.Init}");
        if (spec.InitText is { } text) settings.Add($"InitText = {Literal.Of(text)}");
        if (spec.Tokenizer is { } tokenizer) settings.Add($"Tokenizer = {Literal.Of(tokenizer)}");
        return new ConfigText(types["PromptTuningConfig"], settings);
    }

    internal override void WriteAttachment(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
        PromptTuningSpec spec = Spec(plan);
        string start = $"{types["PromptInit"]}.{spec.Init}";
        if (spec.InitText is { } text) start += $", text: {Literal.Of(text)}";
        if (spec.Tokenizer is { } tokenizer) start += $", tokenizer: {Literal.Of(tokenizer)}";
        code.Line($"prompts.Add(new {types["SoftPrompt"]}(this, {Literal.Of(spec.Name)}, tokens: {Literal.Of(spec.Tokens)}, {start}));");
    }

    private static PromptTuningSpec Spec(AdapterPlan plan) => (PromptTuningSpec)plan.Spec;
}
