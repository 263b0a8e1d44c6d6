namespace Peft.Declarative.Text.Tokenizers.Models;

/// <summary>Covers a word with the longest pieces from its start.</summary>
internal interface IWordCutter
{
    /// <summary>Appends the pieces' ids; false if the word cannot be covered, whatever has been appended by then.</summary>
    bool TryCut(ReadOnlySpan<char> word, List<int> into);
}
