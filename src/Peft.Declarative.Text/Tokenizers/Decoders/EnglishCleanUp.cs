namespace Peft.Declarative.Text.Tokenizers.Decoders;

/// <summary>Takes away the spaces that cutting at punctuation leaves in English text. The list and its order are the reference's.</summary>
internal static class EnglishCleanUp
{
    private static readonly (string Spaced, string Clean)[] Rules =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    internal static string Apply(string text) =>
        Rules.Aggregate(text, (current, rule) => current.Replace(rule.Spaced, rule.Clean, StringComparison.Ordinal));
}
