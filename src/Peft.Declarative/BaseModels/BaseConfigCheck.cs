using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.BaseModels;

/// <summary>Compares a checkpoint with the config that adapters were generated for.</summary>
public static class BaseConfigCheck
{
    /// <summary>Throws if the sizes of a checkpoint are not those that generated code was written for.</summary>
    /// <param name="config">The sizes of the checkpoint.</param>
    /// <param name="model">The name of the model's class.</param>
    /// <param name="path">The path in <see cref="BaseConfigAttribute"/>.</param>
    /// <param name="layers">The number of blocks.</param>
    /// <param name="hidden">The width of the hidden states.</param>
    /// <param name="vocabulary">The number of rows of the input embedding.</param>
    /// <exception cref="PeftException">PEFT003: a size differs. The message lists every difference.</exception>
    public static void Require(ModelConfig config, string model, string path, int layers, int hidden, int vocabulary)
    {
        ArgumentNullException.ThrowIfNull(config);
        List<string> differences =
        [
            .. Differs("blocks", config.LayerCount, layers),
            .. Differs("hidden width", config.HiddenSize, hidden),
            .. Differs("vocabulary", config.VocabularySize, vocabulary),
        ];
        if (differences.Count > 0) throw new PeftException(RuleIds.BaseConfigUnreadable, RuleTexts.BaseConfigDiffers(model, path, differences));
    }

    private static IEnumerable<string> Differs(string field, int found, int expected) =>
        found == expected ? [] : [$"{field} {RuleTexts.Count(found)} instead of {RuleTexts.Count(expected)}"];
}
