namespace Peft.Declarative.Generation;

/// <summary>Finds the token that completes one of some texts. A text may begin anywhere in earlier tokens, those of the prompt too.</summary>
internal sealed class StopStrings(IReadOnlyList<string> texts, ITokenizer tokenizer)
{
    // A character takes at most four byte tokens; a few more, since decoders treat the first token apart.
    private readonly int _window = 4 * texts.Max(text => text.Length) + 4;

    /// <summary>Whether a text ends inside the last id's text.</summary>
    internal bool EndsWith(IReadOnlyList<int> ids)
    {
        IEnumerable<int> tail = ids.Skip(Math.Max(0, ids.Count - _window));
        string all = tokenizer.Decode(tail, skipSpecialTokens: false);
        string before = tokenizer.Decode(tail.SkipLast(1), skipSpecialTokens: false);
        return texts.Any(text =>
            all.IndexOf(text, Math.Max(0, Math.Min(before.Length, all.Length) - text.Length + 1), StringComparison.Ordinal) >= 0);
    }
}
