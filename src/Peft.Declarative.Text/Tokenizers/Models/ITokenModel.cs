namespace Peft.Declarative.Text.Tokenizers.Models;

/// <summary>Cuts one word, as the pre-tokenizers leave it, into tokens of a vocabulary.</summary>
internal interface ITokenModel
{
    /// <summary>The model's own tokens, without the added ones.</summary>
    Vocabulary Vocabulary { get; }

    /// <summary>Appends the ids of a word that is not empty. May be called by several threads at once.</summary>
    void Encode(ReadOnlySpan<char> word, List<int> into);
}
