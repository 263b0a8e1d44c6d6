using System.Text.RegularExpressions;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.Lora;

/// <summary>Parses [Lora], and the attributes of derived methods.</summary>
internal static class LoraParser
{
    internal static LoraSpec Parse(AttributeReader attribute, ParseContext context)
    {
        var declared = attribute.Value<LowRankAttribute>();
        var spec = new LoraSpec(attribute.Identity)
        {
            Rank = declared.Rank,
            Alpha = attribute.IfSet(nameof(declared.Alpha), declared.Alpha),
            Dropout = declared.Dropout,
            UseRsLora = declared.UseRsLora,
            OwnBias = declared is LoraAttribute { OwnBias: true },
            Init = declared.Init,
            LoftQIterations = declared.LoftQIterations,
            Bias = declared.Bias,
            RankPattern = Patterns(attribute, nameof(declared.RankPattern), declared.RankPattern, whole: true, context),
            AlphaPattern = Patterns(attribute, nameof(declared.AlphaPattern), declared.AlphaPattern, whole: false, context),
            TrainableTokens = (declared.TrainableTokens ?? []).ToEquatableArray(),
        };
        Check(spec, context);
        return spec;
    }

    /// <summary>Members can differ in rank and alpha: the file supports one value of everything else.</summary>
    internal static (LoraSpec Joined, LoraSpec Member) Reconcile(LoraSpec earlier, LoraSpec member)
    {
        LoraSpec joined = earlier with
        {
            RankPattern = Extend(earlier.RankPattern, member, earlier.Rank, member.Rank),
            AlphaPattern = Extend(earlier.AlphaPattern, member, earlier.EffectiveAlpha, member.EffectiveAlpha),
            Alpha = earlier.EffectiveAlpha,
        };
        return (joined, member with { Rank = joined.Rank, Alpha = joined.Alpha, RankPattern = joined.RankPattern, AlphaPattern = joined.AlphaPattern });
    }

    /// <summary>Adds an entry for a member whose value differs from the usual one.</summary>
    internal static EquatableArray<PatternEntry> Extend(EquatableArray<PatternEntry> patterns, LayerAdapterSpec member, double usual, double value) =>
        usual == value ? patterns : patterns.Append(new PatternEntry(Regex.Escape(member.Targets!.Value[0]), value)).ToEquatableArray();

    /// <summary>Reads entries such as <c>"q_proj=4"</c>, and reports those of another form.</summary>
    internal static EquatableArray<PatternEntry> Patterns(AttributeReader attribute, string argument, IReadOnlyList<string>? texts, bool whole, ParseContext context)
    {
        var entries = new List<PatternEntry>();
        for (int i = 0; i < (texts?.Count ?? 0); i++)
        {
            if (PatternEntry.Parse(texts![i], whole) is { } entry) entries.Add(entry with { Position = i });
            else context.Report(RuleIds.BadPatternEntry, RuleTexts.BadPatternEntry(argument, attribute.Name, texts[i], whole ? "4" : "16"), attribute.Place.At(argument, i));
        }

        return entries.ToEquatableArray();
    }

    private static void Check(LoraSpec spec, ParseContext context)
    {
        new NumberChecks(spec, context).Require(
            MethodCatalog.ByName(spec.Method).Facts, ("rank", spec.Rank), ("Alpha", spec.Alpha), ("Dropout", spec.Dropout), ("LoftQIterations", spec.LoftQIterations));
        for (int i = 0; i < spec.TrainableTokens.Count; i++)
        {
            int id = spec.TrainableTokens[i];
            if (spec.TrainableTokens.Take(i).Contains(id)) context.Report(RuleIds.OutOfRange, RuleTexts.TokenTwice(spec.Method, context.Model, id), spec.Place.At("TrainableTokens", i));
            else if (id < 0) context.Report(RuleIds.OutOfRange, LoraFacts.TokenIdNegative(spec.Method, context.Model, id), spec.Place.At("TrainableTokens", i));
        }
    }
}
