using Peft.Declarative.Generators.Methods.Lora;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;

namespace Peft.Declarative.Generators.Methods.LoHa;

/// <summary>Reads the properties that the attributes of LyCORIS share.</summary>
internal static class LycorisParser
{
    /// <summary>Adds them to a method's own settings, and reports numbers that are not possible.</summary>
    /// <param name="spec">The method's own settings.</param>
    /// <param name="attribute">The attribute.</param>
    /// <param name="context">The model, and the receiver of problems.</param>
    /// <param name="own">The method's own numbers.</param>
    internal static TSpec Parse<TSpec>(TSpec spec, AttributeReader attribute, ParseContext context, params (string Argument, double? Value)[] own)
        where TSpec : LycorisSpec
    {
        var declared = attribute.Value<LycorisAttribute>();
        var read = (TSpec)((LycorisSpec)spec with
        {
            Rank = declared.Rank,
            Alpha = attribute.IfSet(nameof(declared.Alpha), declared.Alpha),
            RankDropout = declared.RankDropout,
            ModuleDropout = declared.ModuleDropout,
            RankPattern = LoraParser.Patterns(attribute, nameof(declared.RankPattern), declared.RankPattern, whole: true, context),
            AlphaPattern = LoraParser.Patterns(attribute, nameof(declared.AlphaPattern), declared.AlphaPattern, whole: false, context),
        });
        new NumberChecks(read, context).Require(
            read.Kind.Facts,
            [("rank", read.Rank), ("Alpha", read.Alpha), ("RankDropout", read.RankDropout), ("ModuleDropout", read.ModuleDropout), .. own]);
        return read;
    }

    /// <summary>Members can differ in rank and alpha: the file supports one value of everything else.</summary>
    internal static (TSpec Joined, TSpec Member) Reconcile<TSpec>(TSpec earlier, TSpec member)
        where TSpec : LycorisSpec
    {
        LycorisSpec joined = earlier with
        {
            RankPattern = LoraParser.Extend(earlier.RankPattern, member, earlier.Rank, member.Rank),
            AlphaPattern = LoraParser.Extend(earlier.AlphaPattern, member, earlier.EffectiveAlpha, member.EffectiveAlpha),
            Alpha = earlier.EffectiveAlpha,
        };
        LycorisSpec alike = member with { Rank = joined.Rank, Alpha = joined.Alpha, RankPattern = joined.RankPattern, AlphaPattern = joined.AlphaPattern };
        return ((TSpec)joined, (TSpec)alike);
    }
}
