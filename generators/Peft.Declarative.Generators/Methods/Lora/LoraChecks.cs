using Peft.Declarative.Errors;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.Lora;

/// <summary>Holds the numbers of a low-rank adapter against the model: whether the rank is low at all, and whether tokens exist.</summary>
internal sealed class LoraChecks(LoraSpec spec, PlanContext context)
{
    /// <summary>One warning per rank, for the layer with the least room.</summary>
    internal void CheckRanks(IReadOnlyList<SelectedLayer> selected)
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

    internal void CheckTokens()
    {
        long rows = context.Layers.Layers.FirstOrDefault(layer => layer.Source.Kind == LayerKind.Embedding)?.Layer.Input ?? 0;
        for (int i = 0; i < spec.TrainableTokens.Count && rows > 0; i++)
        {
            int id = spec.TrainableTokens[i];
            if (id < rows) continue;
            string text = LoraTexts.TokenIdOutOfRange(spec.Method, context.Declaration.Name, id, rows);
            context.Report(RuleIds.OutOfRange, text, spec.Place.At(nameof(spec.TrainableTokens), i));
        }
    }
}
