using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Plan;

/// <summary>Compares the length of training rows with the base's table of positions, in which virtual tokens have positions too.</summary>
internal static class PositionCheck
{
    internal static void Run(ModelPlan plan, ConfigSizes sizes, ConfigFile? config, List<Problem> problems)
    {
        if (plan.Declaration.MaxLengthPlace is not { } place || Longest(plan, sizes, config) is not { } longest) return;

        long length = plan.Declaration.Training.MaxLength;
        long tokens = Tokens(plan);
        if (length <= longest) return;

        string text = RuleTexts.BeyondPositions(plan.Declaration.Name, (int)length, tokens, longest + tokens, longest);
        problems.Add(new Problem(RuleIds.OutOfRange, text, place, longest >= 2 ? new[] { longest.ToString(System.Globalization.CultureInfo.InvariantCulture) }.ToEquatableArray() : default));
    }

    /// <summary>Gets the maximum number of tokens of a text; <see langword="null"/> if there is no table, or its size is not known.</summary>
    internal static long? Longest(ModelPlan plan, ConfigSizes sizes, ConfigFile? config)
    {
        if (config is null) return null;

        TreeLayer? table = plan.Declaration.Tree.Layers.FirstOrDefault(layer => layer.Kind == LayerKind.Embedding && layer.Output.Contains("position"));
        long rows = table is null ? 0 : sizes.Product(table.Output);
        return rows == 0 ? null : rows - Unused(config) - Tokens(plan);
    }

    /// <summary>RoBERTa's positions begin after the padding token's id.</summary>
    private static long Unused(ConfigFile config) =>
        config["model_type"] == "roberta" && long.TryParse(config["pad_token_id"] ?? "1", out long padding) ? padding + 1 : 0;

    private static long Tokens(ModelPlan plan) => plan.Declaration.Adapters.OfType<VirtualTokenSpec>().Where(adapter => adapter.TakesPositions && adapter.IsFirst).Sum(adapter => (long)adapter.Tokens);
}

/// <summary>The sizes that [BaseConfig] requires of a checkpoint.</summary>
/// <param name="Layers">The number of blocks.</param>
/// <param name="Hidden">The width of the hidden states.</param>
/// <param name="Vocabulary">The number of rows of the input embedding.</param>
internal sealed record BaseSizes(int Layers, long Hidden, long Vocabulary)
{
    internal static BaseSizes? Of(ModelDeclaration declaration, ConfigSizes sizes)
    {
        if (!sizes.IsKnown || declaration.Tree.Lists.Count == 0) return null;

        TreeLayer? embedding = declaration.Tree.Layers.FirstOrDefault(layer => layer.Kind == LayerKind.Embedding);
        int? layers = sizes.Count(declaration.Tree.Lists[0].CountField);
        return embedding is not null && layers is not null && sizes.Product(embedding.Input) is > 0 and var hidden && sizes.Product(embedding.Output) is > 0 and var rows
            ? new BaseSizes(layers.Value, hidden, rows)
            : null;
    }
}
