namespace Peft.Declarative.Text.Tokenizers.PreTokenizers;

/// <summary>Cuts text into the words that the model sees one by one.</summary>
internal interface IPreTokenizer
{
    /// <summary>Whether it looks at <see cref="TextPiece.UnitsOfStart"/>.</summary>
    bool AsksForTextStart => false;

    /// <summary>Appends what becomes of the pieces. Empty pieces are left out.</summary>
    void Split(IReadOnlyList<TextPiece> pieces, List<TextPiece> into);
}
