namespace Peft.Declarative.Generation;

/// <summary>
/// Finds the token that completes a stop string. A stop string can begin anywhere in earlier tokens, including those of the prompt.
/// </summary>
internal sealed class StopStrings(IReadOnlyList<string> texts, ITokenizer tokenizer)
{
    // A character has at most four byte tokens. A few more are needed, because decoders treat the first token differently.
    private readonly int _window = 4 * texts.Max(text => text.Length) + 4;

    /// <summary>Determines whether a stop string ends inside the text of the last id.</summary>
    internal bool EndsWith(IReadOnlyList<int> ids)
    {
        IEnumerable<int> tail = ids.Skip(Math.Max(0, ids.Count - _window));
        string all = tokenizer.Decode(tail, skipSpecialTokens: false);
        string before = tokenizer.Decode(tail.SkipLast(1), skipSpecialTokens: false);
        return texts.Any(text =>
            all.IndexOf(text, Math.Max(0, Math.Min(before.Length, all.Length) - text.Length + 1), StringComparison.Ordinal) >= 0);
    }
}
