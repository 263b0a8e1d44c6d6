using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers.Models;

/// <summary>One token per word, or the unknown token. <c>Microsoft.ML.Tokenizers</c> has no such model; this is one look-up.</summary>
internal sealed class WordLevelModel : ITokenModel
{
    private readonly string _unknownToken;

    private WordLevelModel(JsonSection section)
    {
        Vocabulary = Vocabulary.Read(section["vocab"]);
        _unknownToken = section.TextOrNull("unk_token") ?? "<unk>";
    }

    public Vocabulary Vocabulary { get; }

    internal static WordLevelModel Read(JsonSection section) => new(section);

    public void Encode(ReadOnlySpan<char> word, List<int> into)
    {
        if (Vocabulary.TryGetId(word, out int id))
        {
            into.Add(id);
            return;
        }

        into.Add(Vocabulary.IdOf(_unknownToken) ?? throw TokenizerProblem.Unknown(word, _unknownToken));
    }
}
