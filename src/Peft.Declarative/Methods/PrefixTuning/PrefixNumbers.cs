using Peft.Declarative.Errors;

namespace Peft.Declarative.Methods.PrefixTuning;

/// <summary>What the numbers of a prefix may be.</summary>
internal static class PrefixNumbers
{
    /// <summary>The number of tokens, if it and the others are in range.</summary>
    /// <exception cref="PeftException">PEFT202: numbers are out of range; all are named.</exception>
    internal static int Check(PretrainedModel model, PrefixTuningConfig config)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(config);
        string name = model.GetType().Name;
        string?[] problems =
        [
            config.Tokens < 1 ? RuleTexts.TokensNotPositive("PrefixTuning", name, config.Tokens) : null,
            config.ProjectionHidden < 1 ? RuleTexts.WidthNotPositive("PrefixTuning", name, "ProjectionHidden", config.ProjectionHidden.Value) : null,
            config.Dropout is not (>= 0 and < 1) ? RuleTexts.DropoutOutOfRange("PrefixTuning", name, config.Dropout) : null,
        ];
        return problems.All(problem => problem is null) ? config.Tokens
            : throw new PeftException(RuleIds.OutOfRange, string.Join(" ", problems.OfType<string>()));
    }
}
