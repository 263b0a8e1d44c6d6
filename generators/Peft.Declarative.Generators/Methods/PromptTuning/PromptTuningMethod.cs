using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.PromptTuning;

/// <summary>Prompt tuning: reads [PromptTuning], plans it, writes it.</summary>
internal sealed class PromptTuningMethod : AdapterMethod
{
    internal override string Name => "PromptTuning";

    internal override IEnumerable<KnownType> Types => [Public("PromptInit", inExpressions: true), Public("PromptTuningConfig"), Own("SoftPrompt")];

    internal override AdapterSpec Parse(AttributeReader attribute, ParseContext context) => PromptTuningParser.Parse(attribute, context);

    internal override AdapterPlan Plan(AdapterSpec adapter, PlanContext context)
    {
        List<PlannedLayer> head = Head(context);
        long? trainable = ((PromptTuningSpec)adapter).Tokens * ((PromptTuningSpec)adapter).Stacks * context.Width;
        foreach (PlannedLayer layer in head) trainable += layer.Parameters;
        return new AdapterPlan(adapter, "", default, head.ToEquatableArray(), AtRunTime: false, trainable, trainable);
    }

    internal override string Summary(AdapterPlan plan, ModelPlan model)
    {
        string cost = plan.Trainable is { } trainable ? $": {ModelReport.Share(trainable, model)}." : ". Sizes come from the checkpoint.";
        return $"{Spec(plan).Tokens} learned tokens before the text{cost}";
    }

    internal override IEnumerable<string> Report(AdapterPlan plan)
    {
        PromptTuningSpec spec = Spec(plan);
        long? width = (plan.Trainable - plan.Saved.Sum(layer => layer.Parameters)) / Math.Max(spec.Tokens * spec.Stacks, 1);
        yield return $"prompt [{spec.Tokens * spec.Stacks}, {width?.ToString() ?? "hidden"}] before the text of every row";
        foreach (PlannedLayer layer in plan.Saved) yield return LayerTable.Row(layer, "trained in full", layer.Parameters);
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
        if (plan.Saved.Count > 0) code.Line($"{types["TrainedHeads"]}.Attach(this, {Literal.Of(spec.Name)});");
    }

    private static List<PlannedLayer> Head(PlanContext context)
    {
        string head = context.Declaration.Tree.TrainedHead;
        return context.Layers.Layers
            .Where(layer => head.Length > 0 && LayerPath.SelfAndParents(layer.Layer.Path).Any(path => LayerPath.EndsWith(path, head)))
            .Select(layer => new PlannedLayer(layer.Source, default, 1, 1, layer.Layer.Output, layer.Layer.Input, layer.Layer.HasBias))
            .ToList();
    }

    private static PromptTuningSpec Spec(AdapterPlan plan) => (PromptTuningSpec)plan.Spec;
}
