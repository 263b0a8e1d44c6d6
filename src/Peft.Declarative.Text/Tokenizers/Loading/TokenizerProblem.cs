using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Text.Tokenizers.Loading;

/// <summary>Errors about tokenizer files. All have one id, because all have one remedy: another file.</summary>
internal static class TokenizerProblem
{
    // A message, with what it quotes of the file.
    private const int Longest = 1000;

    /// <summary>A text that neither the vocabulary nor its unknown token can express.</summary>
    internal static PeftException Unknown(ReadOnlySpan<char> piece, string unknownToken) => new(RuleIds.TokenizerUnusable, $"The text has '{UntrustedText.Shown(piece.ToString())}', which the "
        + $"tokenizer does not know, and its unknown token '{UntrustedText.Shown(unknownToken)}' is not in its vocabulary.");

    internal static PeftException In(string file, string path, string problem, Exception? inner = null) =>
        new(RuleIds.TokenizerUnusable, $"{file}: {(path.Length == 0 ? "the file" : $"'{UntrustedText.Shown(path)}'")} {UntrustedText.ShownUpTo(Longest, problem)}", inner);
}
