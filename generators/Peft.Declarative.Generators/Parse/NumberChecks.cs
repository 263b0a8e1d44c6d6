using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reports the numbers of an attribute that cannot be, for arguments that several methods have.</summary>
internal sealed class NumberChecks(AdapterSpec spec, ParseContext context)
{
    internal void Rank(int rank, string argument = "rank") => Require(rank >= 1, RuleTexts.RankNotPositive(spec.Method, context.Model, rank), argument);

    internal void Alpha(double? alpha) => Require(alpha is null or > 0, RuleTexts.AlphaNotPositive(spec.Method, context.Model, alpha ?? 0), "Alpha");

    internal void Dropout(double dropout) => Require(dropout is >= 0 and < 1, RuleTexts.DropoutOutOfRange(spec.Method, context.Model, dropout), "Dropout");

    /// <summary>A number with a rule of its own.</summary>
    internal void Require(bool met, string text, string argument)
    {
        if (!met) context.Report(RuleIds.OutOfRange, text, spec.Place.At(argument));
    }
}
