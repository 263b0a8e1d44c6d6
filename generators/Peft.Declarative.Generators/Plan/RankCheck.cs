using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Plan;

/// <summary>Warns of ranks that are not low: the factors then contain more weights than the layer.</summary>
internal static class RankCheck
{
    /// <summary>Reports one warning per rank, for the smallest layer.</summary>
    /// <param name="layers">The layers with their ranks. Those of unknown size are skipped.</param>
    /// <param name="place">Gets the source location of a rank.</param>
    /// <param name="context">The receiver of the warnings.</param>
    /// <param name="products">The number of products of the rank in each layer.</param>
    internal static void Run(
        IEnumerable<(TargetLayer Layer, int Rank)> layers, Func<TargetLayer, int, SourcePlace> place, PlanContext context, int products = 1)
    {
        var tooLarge = layers
            .Where(layer => layer.Layer is { Input: > 0, Output: > 0 })
            .Select(layer => (layer.Rank, layer.Layer, Limit: layer.Layer.Input * layer.Layer.Output / (products * (layer.Layer.Input + layer.Layer.Output))))
            .Where(layer => layer.Rank > layer.Limit)
            .GroupBy(layer => layer.Rank);
        foreach (var rank in tooLarge)
        {
            var (_, layer, limit) = rank.OrderBy(candidate => candidate.Limit).First();
            string text = RuleTexts.RankTooLarge(rank.Key, layer.Name, layer.Input, layer.Output, limit);
            context.Report(RuleIds.RankTooLarge, text, place(layer, rank.Key), [PowerOfTwoUpTo(limit)]);
        }
    }

    private static string PowerOfTwoUpTo(long limit)
    {
        long power = 1;
        while (power * 2 <= limit) power *= 2;
        return Literal.Of((int)power);
    }
}
