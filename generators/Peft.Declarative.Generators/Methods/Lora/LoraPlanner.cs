using Peft.Declarative.Errors;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.Lora;

/// <summary>Holds a low-rank adapter against the model: which layers, how many parameters, and whether the rank is low at all.</summary>
internal sealed class LoraPlanner(LoraSpec spec, PlanContext context)
{
    internal AdapterPlan Plan()
    {
        LayerSelectionPlan selection = new LayerPlanner(spec, context).Select();
        CheckRanks(selection.Selected);
        CheckTokens();

        long? trainable = Trainable(selection);
        return new AdapterPlan(
            spec, "", selection.Adapted, selection.Saved, selection.AtRunTime, trainable, trainable + VocabularyWeights(selection.Selected));
    }

    /// <summary>One warning per rank, for the layer with the least room.</summary>
    private void CheckRanks(IReadOnlyList<SelectedLayer> selected)
    {
        var tooLarge = selected
            .Where(layer => layer.Layer is { Input: > 0, Output: > 0 })
            .Select(layer => (layer.Rank, layer.Layer, Limit: layer.Layer.Input * layer.Layer.Output / (layer.Layer.Input + layer.Layer.Output)))
            .Where(layer => layer.Rank > layer.Limit)
            .GroupBy(layer => layer.Rank);
        foreach (var rank in tooLarge)
        {
            var (_, layer, limit) = rank.OrderBy(candidate => candidate.Limit).First();
            string text = RuleTexts.RankTooLarge(rank.Key, layer.Name, layer.Input, layer.Output, limit);
            context.Report(RuleIds.RankTooLarge, text, PlaceOf(rank.Key, layer), [PowerOfTwoUpTo(limit)]);
        }
    }

    private Place PlaceOf(int rank, TargetLayer layer)
    {
        int member = spec.TargetPlaces.Count > 0 ? spec.Targets!.Value.ToList().IndexOf(layer.Path) : -1;
        if (member >= 0) return spec.TargetPlaces[member].At("rank");

        int entry = spec.RankPattern.ToList().FindIndex(pattern => pattern.Value == rank);
        return rank != spec.Rank && entry >= 0 ? spec.Place.At(nameof(spec.RankPattern), entry) : spec.Place.At("rank");
    }

    private static string PowerOfTwoUpTo(long limit)
    {
        long power = 1;
        while (power * 2 <= limit) power *= 2;
        return Emit.Literal.Of((int)power);
    }

    private void CheckTokens()
    {
        long rows = context.Layers.Layers.FirstOrDefault(layer => layer.Source.Kind == LayerKind.Embedding)?.Layer.Input ?? 0;
        for (int i = 0; i < spec.TrainableTokens.Count && rows > 0; i++)
        {
            int id = spec.TrainableTokens[i];
            if (id < rows) continue;
            string text = RuleTexts.TokenIdOutOfRange(spec.Method, context.Declaration.Name, id, rows);
            context.Report(RuleIds.OutOfRange, text, spec.Place.At(nameof(spec.TrainableTokens), i));
        }
    }

    private long? Trainable(LayerSelectionPlan selection)
    {
        bool known = context.Layers.IsExact && !selection.Saved.Any(layer => layer.Parameters is null)
            && selection.Selected.All(layer => layer.Layer is { Input: > 0, Output: > 0 });
        if (!known || (spec.TrainableTokens.Count > 0 && context.Width is null)) return null;

        long factors = selection.Selected.Sum(layer => layer.Rank * (layer.Layer.Input + layer.Layer.Output) + OwnBias(layer.Layer));
        long saved = selection.Saved.Sum(layer => layer.Parameters!.Value);
        return factors + saved + (spec.TrainableTokens.Count * (context.Width ?? 0)) + Biases(selection.Selected);
    }

    private long OwnBias(TargetLayer layer) => spec.OwnBias && layer.Kind != LayerKind.Embedding ? layer.Output : 0;

    private long Biases(IReadOnlyList<SelectedLayer> selected) => spec.Bias switch
    {
        "All" => context.Layers.Layers.Where(layer => layer.Layer.HasBias).Sum(layer => layer.Layer.Output),
        "AdaptedLayers" => selected.Where(layer => layer.Layer.HasBias).Sum(layer => layer.Layer.Output),
        _ => 0,
    };

    /// <summary>Adapted vocabulary layers are saved with their base weight, unless single tokens are trained.</summary>
    private long VocabularyWeights(IReadOnlyList<SelectedLayer> selected) => spec.TrainableTokens.Count > 0
        ? 0
        : selected.Where(layer => layer.Layer.Name is "embed_tokens" or "lm_head").Sum(layer => layer.Layer.Input * layer.Layer.Output);
}
