namespace Peft.Declarative.Text.Tokenizers.PreTokenizers;

/// <summary>One pre-tokenizer after the other, each on the pieces of the one before.</summary>
internal sealed class PreTokenizerSequence(IReadOnlyList<IPreTokenizer> steps) : IPreTokenizer
{
    public bool AsksForTextStart => steps.Any(step => step.AsksForTextStart);

    public void Split(IReadOnlyList<TextPiece> pieces, List<TextPiece> into)
    {
        IReadOnlyList<TextPiece> current = pieces;
        foreach (IPreTokenizer step in steps)
        {
            List<TextPiece> next = new(current.Count * 2);
            step.Split(current, next);
            current = next;
        }

        into.AddRange(current);
    }
}
