using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers.Models;

/// <summary>Splits one word, as the pre-tokenizers leave it, into tokens of a vocabulary.</summary>
internal interface ITokenModel
{
    /// <summary>The model's own tokens, without the added ones.</summary>
    Vocabulary Vocabulary { get; }

    /// <summary>Appends the ids of a word that is not empty. May be called by several threads at once.</summary>
    void Encode(ReadOnlySpan<char> word, List<int> into);
}

/// <summary>Makes the model that the section <c>model</c> describes.</summary>
internal static class ModelReader
{
    private static readonly Dictionary<string, Func<JsonSection, ITokenModel>> Known = new(StringComparer.Ordinal)
    {
        ["BPE"] = BpeModel.Read,
        ["Unigram"] = UnigramModel.Read,
        ["WordLevel"] = WordLevelModel.Read,
        ["WordPiece"] = WordPieceModel.Read,
    };

    internal static ITokenModel Read(JsonSection section)
    {
        // Files from before the type was written: a list of scored pieces is Unigram, merges are BPE, a prefix is WordPiece.
        string type = !section["type"].IsNull ? section.Type
            : section["vocab"].IsArray ? "Unigram"
            : !section["merges"].IsNull ? "BPE"
            : !section["continuing_subword_prefix"].IsNull ? "WordPiece" : "WordLevel";
        return Known.TryGetValue(type, out Func<JsonSection, ITokenModel>? read) ? read(section) : throw section.Unknown("model", Known.Keys);
    }
}
