using System.Text.Json;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Text.Loading;
using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Models;

/// <summary>
/// Unigram: the cut of a word whose pieces have the greatest sum of log-probabilities (Kudo 2018), found by one pass over its characters.
/// Our own, because <c>Microsoft.ML.Tokenizers</c> 2.0 reads such models only from SentencePiece's binary file, with normalisation inside.
/// </summary>
internal sealed class UnigramModel : ITokenModel
{
    // What an unknown character costs beyond the least probable piece; fixed in SentencePiece and in the reference.
    private const double UnknownPenalty = 10.0;

    private readonly PieceTrie trie = new();
    private readonly List<double> scores = [];
    private readonly ByteTokens? byteTokens;
    private readonly int unknownId;
    private readonly double unknownScore;

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
            trie.Add(piece, scores.Count);
            pieces.Add(KeyValuePair.Create(piece, scores.Count));
            scores.Add(score);
        }

        Vocabulary = new Vocabulary(pieces, pieces.Count);
        unknownId = section["unk_id"].IsNull ? -1 : section["unk_id"].AsId();
        if (unknownId >= scores.Count)
        {
            throw section["unk_id"].Error($"is {unknownId}, but the vocabulary has {scores.Count} pieces.");
        }

        unknownScore = (scores.Count == 0 ? 0 : scores.Min()) - UnknownPenalty;
        byteTokens = section.Flag("byte_fallback", otherwise: false) ? new ByteTokens(Vocabulary) : null;
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
            while (path[i].Id == unknownId && i + 1 < path.Count && path[i + 1].Id == unknownId)
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
            for (int end = start; end < word.Length && (node = trie.Child(node, word[end])) >= 0; end++)
            {
                int id = trie.Value(node);
                if (id >= 0)
                {
                    best[end + 1].Improve(soFar + scores[id], start, id);
                    coversCharacter |= end + 1 - start == units;
                }
            }

            if (!coversCharacter)
            {
                best[start + units].Improve(soFar + unknownScore, start, KnownUnknown(word.Slice(start, units)));
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
        else if (byteTokens?.TryAppend(piece, into) != true)
        {
            into.Add(KnownUnknown(piece));
        }
    }

    private int KnownUnknown(ReadOnlySpan<char> piece) => unknownId >= 0 ? unknownId : throw new PeftException(TokenizerProblem.Id,
        $"The text has '{UntrustedText.Shown(piece.ToString())}', which the tokenizer does not know, and its model has no 'unk_id'.");

    private struct Ending
    {
        private bool reached;

        internal double Score { get; private set; }

        internal int Start { get; private set; }

        internal int Id { get; private set; }

        internal void Improve(double score, int start, int id)
        {
            if (!reached || score > Score)
            {
                (reached, Score, Start, Id) = (true, score, start, id);
            }
        }
    }
}
