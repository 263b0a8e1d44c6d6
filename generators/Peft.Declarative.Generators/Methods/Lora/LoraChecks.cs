using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.Lora;

/// <summary>Checks the numbers of a low-rank adapter with the model: whether the rank is low, and whether tokens exist.</summary>
internal sealed class LoraChecks(LoraSpec spec, PlanContext context)
{
    /// <summary>Warns of ranks that are not low.</summary>
    /// <param name="spec">The adapter.</param>
    /// <param name="patterns">The rank of each layer.</param>
    /// <param name="ranks">The usual rank, and the entries for others.</param>
    /// <param name="selected">The layers.</param>
    /// <param name="context">The receiver of the warnings.</param>
    /// <param name="products">The number of products of the rank in each layer.</param>
    internal static void CheckRanks(
        LayerAdapterSpec spec,
        LowRankPatterns patterns,
        (int Usual, EquatableArray<PatternEntry> Others) ranks,
        IReadOnlyList<TargetLayer> selected,
        PlanContext context,
        int products = 1)
    {
        RankCheck.Run(selected.Select(layer => (layer, patterns.RankOf(layer.Path))), PlaceOf, context, products);

        SourcePlace PlaceOf(TargetLayer layer, int rank)
        {
            if (spec.MemberOf(layer.Path) is { } member) return member.At("rank");

            int entry = ranks.Others.ToList().FindIndex(pattern => pattern.Value == rank);
            return rank != ranks.Usual && entry >= 0 ? spec.Place.At(nameof(LowRankAttribute.RankPattern), entry) : spec.Place.At("rank");
        }
    }

    internal void CheckTokens()
    {
        long rows = context.Layers.Layers.FirstOrDefault(layer => layer.Source.Kind == LayerKind.Embedding)?.Layer.Input ?? 0;
        for (int i = 0; i < spec.TrainableTokens.Count && rows > 0; i++)
        {
            int id = spec.TrainableTokens[i];
            if (id < rows) continue;
            string text = LoraFacts.TokenIdOutOfRange(spec.Method, context.Declaration.Name, id, rows);
            context.Report(RuleIds.OutOfRange, text, spec.Place.At(nameof(spec.TrainableTokens), i));
        }
    }

    internal void CheckLoftQ()
    {
        if (spec.Init != LoraInit.LoftQ) return;

        string model = context.Declaration.Name;
        string? problem = context.Declaration.Quantize is not { } quantize ? RuleTexts.LoftQNeedsQuantize(spec.Method, model)
            : quantize.Bits != 4 ? RuleTexts.LoftQBits(spec.Method, model)
            : null;
        if (problem is not null) context.Report(RuleIds.Incompatible, problem, spec.Place.At(nameof(spec.Init)));
    }
}
