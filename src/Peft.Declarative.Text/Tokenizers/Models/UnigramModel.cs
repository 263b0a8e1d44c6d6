using System.Text.Json;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Patterns;
using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers.Models;

/// <summary>
/// Unigram: the cut of a word whose pieces have the greatest sum of log-probabilities (Kudo 2018), found by one pass over its characters.
/// Implemented here because <c>Microsoft.ML.Tokenizers</c> 2.0 reads such models only from SentencePiece's binary file, with normalization inside.
/// </summary>
internal sealed class UnigramModel : ITokenModel
{
    // What an unknown character costs beyond the least probable piece; fixed in SentencePiece and in the reference.
    private const double UnknownPenalty = 10.0;

    private readonly TokenTrie _trie = new();
    private readonly List<double> _scores = [];
    private readonly ByteTokens? _byteTokens;
    private readonly int _unknownId;
    private readonly double _unknownScore;

    private UnigramModel(JsonSection section)
    {
        List<KeyValuePair<string, int>> pieces = [];
        foreach (JsonSection item in section["vocab"].Items())
        {
            JsonSection[] pair = item.IsArray ? [.. item.Items()] : [];
            if (pair.Length != 2 || pair[1].Value.ValueKind != JsonValueKind.Number || !pair[1].Value.TryGetDouble(out double score))
            {
                throw item.Error("must be a piece and its log-probability, as [\"a\", -1.5].");
            }

            string piece = pair[0].AsText();
            _trie.Add(piece, _scores.Count);
            pieces.Add(KeyValuePair.Create(piece, _scores.Count));
            _scores.Add(score);
        }

        Vocabulary = new Vocabulary(pieces, pieces.Count);
        _unknownId = section["unk_id"].IsNull ? -1 : section["unk_id"].AsId();
        if (_unknownId >= _scores.Count)
        {
            throw section["unk_id"].Error($"is {_unknownId}, but the vocabulary has {_scores.Count} pieces.");
        }

        _unknownScore = (_scores.Count == 0 ? 0 : _scores.Min()) - UnknownPenalty;
        _byteTokens = section.Flag("byte_fallback", otherwise: false) ? new ByteTokens(Vocabulary) : null;
    }

    public Vocabulary Vocabulary { get; }

    internal static UnigramModel Read(JsonSection section) => new(section);

    public void Encode(ReadOnlySpan<char> word, List<int> into)
    {
        Ending[] best = BestEndings(word);
        List<(int Start, int End, int Id)> path = [];
        for (int end = word.Length; end > 0; end = best[end].Start)
        {
            path.Add((best[end].Start, end, best[end].Id));
        }

        path.Reverse();
        for (int i = 0; i < path.Count; i++)
        {
            int start = path[i].Start;
            while (path[i].Id == _unknownId && i + 1 < path.Count && path[i + 1].Id == _unknownId)
            {
                i++; // neighbouring unknown characters count as one
            }

            AppendPiece(word[start..path[i].End], into);
        }
    }

    // best[e]: the best cut of the first e characters; its score, where its last piece starts, and which piece that is.
    private Ending[] BestEndings(ReadOnlySpan<char> word)
    {
        var best = new Ending[word.Length + 1];
        for (int start = 0, units; start < word.Length; start += units)
        {
            CodePoints.At(word, start, out units);
            double soFar = best[start].Score;
            bool coversCharacter = false;
            int node = 0;
            for (int end = start; end < word.Length && (node = _trie.Child(node, word[end])) >= 0; end++)
            {
                int id = _trie.Value(node);
                if (id >= 0)
                {
                    best[end + 1].Improve(soFar + _scores[id], start, id);
                    coversCharacter |= end + 1 - start == units;
                }
            }

            if (!coversCharacter)
            {
                best[start + units].Improve(soFar + _unknownScore, start, KnownUnknown(word.Slice(start, units)));
            }
        }

        return best;
    }

    private void AppendPiece(ReadOnlySpan<char> piece, List<int> into)
    {
        if (Vocabulary.TryGetId(piece, out int id))
        {
            into.Add(id);
        }
        else if (_byteTokens?.TryAppend(piece, into) != true)
        {
            into.Add(KnownUnknown(piece));
        }
    }

    private int KnownUnknown(ReadOnlySpan<char> piece) => _unknownId >= 0 ? _unknownId : throw new PeftException(RuleIds.TokenizerUnusable,
        $"The text has '{UntrustedText.Shown(piece.ToString())}', which the tokenizer does not know, and its model has no 'unk_id'.");

    private struct Ending
    {
        private bool _reached;

        internal double Score { get; private set; }

        internal int Start { get; private set; }

        internal int Id { get; private set; }

        internal void Improve(double score, int start, int id)
        {
            if (!_reached || score > Score)
            {
                (_reached, Score, Start, Id) = (true, score, start, id);
            }
        }
    }
}
