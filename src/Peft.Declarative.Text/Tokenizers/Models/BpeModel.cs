using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Peft.Declarative.Text.Tokenizers.Loading;
using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.Models;

/// <summary>
/// Byte-pair encoding. Not <c>Microsoft.ML.Tokenizers.BpeTokenizer</c>, which takes quadratic time for a long word (measured:
/// 200,000 letters 4.4 s) and has neither byte fallback nor <c>ignore_merges</c>.
/// The option <c>dropout</c> makes encoding random while a tokenizer is studied; here encoding is always without it.
/// </summary>
internal sealed class BpeModel : ITokenModel
{
    private const int LongestCached = 256;
    private const int MostCached = 65_536;

    private readonly MergeTable merges;
    private readonly ByteTokens? byteTokens;
    private readonly string? unknownToken;
    private readonly bool fuseUnknown;
    private readonly bool ignoreMerges;
    private readonly string continuingPrefix;
    private readonly string endSuffix;
    private readonly int[] asciiIds;

    private readonly ConcurrentDictionary<string, int[]> cache = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> cacheBySpan;
    private int cached;

    private BpeModel(JsonSection section)
    {
        Vocabulary = Vocabulary.Read(section["vocab"]);
        continuingPrefix = section.TextOrNull("continuing_subword_prefix") ?? "";
        endSuffix = section.TextOrNull("end_of_word_suffix") ?? "";
        merges = MergeTable.Read(section["merges"], Vocabulary, continuingPrefix);
        unknownToken = section.TextOrNull("unk_token");
        fuseUnknown = section.Flag("fuse_unk", otherwise: false);
        ignoreMerges = section.Flag("ignore_merges", otherwise: false);
        byteTokens = section.Flag("byte_fallback", otherwise: false) ? new ByteTokens(Vocabulary) : null;
        cacheBySpan = cache.GetAlternateLookup<ReadOnlySpan<char>>();
        asciiIds = [.. Enumerable.Range(0, 512).Select(c => Vocabulary.IdOf(((char)c).ToString()) ?? -1)];
    }

    public Vocabulary Vocabulary { get; }

    internal static BpeModel Read(JsonSection section) => new(section);

    public void Encode(ReadOnlySpan<char> word, List<int> into)
    {
        if (ignoreMerges && Vocabulary.TryGetId(word, out int whole))
        {
            into.Add(whole);
        }
        else if (cacheBySpan.TryGetValue(word, out int[]? known))
        {
            into.AddRange(known);
        }
        else
        {
            List<int> symbols = Symbols(word);
            Span<int> span = CollectionsMarshal.AsSpan(symbols);
            span = span[..MergeQueue.Merge(merges, span)];
            into.AddRange(span);
            Remember(word, span);
        }
    }

    private void Remember(ReadOnlySpan<char> word, ReadOnlySpan<int> ids)
    {
        if (word.Length <= LongestCached && cached < MostCached && cacheBySpan.TryAdd(word, ids.ToArray()))
        {
            Interlocked.Increment(ref cached);
        }
    }

    // One symbol per character; the unknown token waits, so that several can become one.
    private List<int> Symbols(ReadOnlySpan<char> word)
    {
        var symbols = new List<int>(word.Length);
        int waiting = -1;
        for (int i = 0, units; i < word.Length; i += units)
        {
            CodePoints.At(word, i, out units);
            ReadOnlySpan<char> symbol = Affixed(word, i, units);
            if (TryGetId(symbol, out int id))
            {
                Flush(symbols, ref waiting);
                symbols.Add(id);
            }
            else if (byteTokens?.TryAppend(symbol, symbols) != true && unknownToken is not null)
            {
                if (!fuseUnknown)
                {
                    Flush(symbols, ref waiting);
                }

                waiting = Vocabulary.IdOf(unknownToken) ?? throw TokenizerProblem.Unknown(symbol, unknownToken);
            }
        }

        Flush(symbols, ref waiting);
        return symbols;
    }

    private static void Flush(List<int> symbols, ref int waiting)
    {
        if (waiting >= 0)
        {
            symbols.Add(waiting);
            waiting = -1;
        }
    }

    private bool TryGetId(ReadOnlySpan<char> symbol, out int id)
    {
        if (symbol.Length == 1 && symbol[0] < asciiIds.Length)
        {
            id = asciiIds[symbol[0]];
            return id >= 0;
        }

        return Vocabulary.TryGetId(symbol, out id);
    }

    private ReadOnlySpan<char> Affixed(ReadOnlySpan<char> word, int start, int units)
    {
        string prefix = start > 0 ? continuingPrefix : "";
        string suffix = start + units == word.Length ? endSuffix : "";
        ReadOnlySpan<char> character = word.Slice(start, units);
        return prefix.Length + suffix.Length == 0 ? character : string.Concat(prefix, character, suffix);
    }
}
