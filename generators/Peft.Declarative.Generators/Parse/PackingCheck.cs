using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Checks that a model with packing in [Training] can separate texts in one row.</summary>
internal static class PackingCheck
{
    internal static void Run(AttributeReader? training, INamedTypeSymbol type, IReadOnlyList<AdapterSpec> adapters, ParseContext context)
    {
        if (training?.Value<TrainingAttribute>().Packing != true) return;

        if (!context.IsPretrained) Report(RuleTexts.PackingNeedsFamily, other: null);
        else if (!type.DerivesFrom(KnownNames.CausalLanguageModel)) Report(RuleTexts.PackingNeedsDecoder, other: null);
        foreach (AdapterSpec adapter in adapters)
        {
            if (Combinations.Conflict(adapter.Traits, [Combinations.PacksTexts]) is not { } obstacle) continue;
            Report(obstacle, adapter.Place);
            return;
        }

        void Report(string obstacle, SourcePlace? other) =>
            context.Report(RuleIds.CannotPack, RuleTexts.CannotPack(context.Model, obstacle), training.Place.At(nameof(TrainingAttribute.Packing)), other);
    }
}
