using Peft.Declarative.Checkpoints;

namespace Peft.Declarative.Text.Loading;

/// <summary>Errors about tokenizer files. All carry one id, because all have one remedy: another file.</summary>
internal static class TokenizerProblem
{
    internal const string Id = "PEFT505";

    // A sentence of ours, and what it quotes of the file.
    private const int Longest = 1000;

    /// <summary>A text that holds what neither the vocabulary nor its token for the unknown can stand for.</summary>
    internal static PeftException Unknown(ReadOnlySpan<char> piece, string unknownToken) => new(Id, $"The text has '{UntrustedText.Shown(piece.ToString())}', which the "
        + $"tokenizer does not know, and its unknown token '{UntrustedText.Shown(unknownToken)}' is not in its vocabulary.");

    internal static PeftException In(string file, string place, string problem, Exception? inner = null) =>
        new(Id, $"{file}: {(place.Length == 0 ? "the file" : $"'{UntrustedText.Shown(place)}'")} {UntrustedText.ShownUpTo(Longest, problem)}", inner);
}
