using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Peft.Declarative.Text.Patterns;
using Peft.Declarative.Text.Tokenizers.Loading;

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

    private readonly MergeTable _merges;
    private readonly ByteTokens? _byteTokens;
    private readonly string? _unknownToken;
    private readonly bool _fuseUnknown;
    private readonly bool _ignoreMerges;
    private readonly string _continuingPrefix;
    private readonly string _endSuffix;
    private readonly int[] _asciiIds;

    private readonly ConcurrentDictionary<string, int[]> _cache = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _cacheBySpan;
    private int _cached;

    private BpeModel(JsonSection section)
    {
        Vocabulary = Vocabulary.Read(section["vocab"]);
        _continuingPrefix = section.TextOrNull("continuing_subword_prefix") ?? "";
        _endSuffix = section.TextOrNull("end_of_word_suffix") ?? "";
        _merges = MergeTable.Read(section["merges"], Vocabulary, _continuingPrefix);
        _unknownToken = section.TextOrNull("unk_token");
        _fuseUnknown = section.Flag("fuse_unk", otherwise: false);
        _ignoreMerges = section.Flag("ignore_merges", otherwise: false);
        _byteTokens = section.Flag("byte_fallback", otherwise: false) ? new ByteTokens(Vocabulary) : null;
        _cacheBySpan = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
        _asciiIds = [.. Enumerable.Range(0, 512).Select(c => Vocabulary.IdOf(((char)c).ToString()) ?? -1)];
    }

    public Vocabulary Vocabulary { get; }

    internal static BpeModel Read(JsonSection section) => new(section);

    public void Encode(ReadOnlySpan<char> word, List<int> into)
    {
        if (_ignoreMerges && Vocabulary.TryGetId(word, out int whole))
        {
            into.Add(whole);
        }
        else if (_cacheBySpan.TryGetValue(word, out int[]? known))
        {
            into.AddRange(known);
        }
        else
        {
            List<int> symbols = Symbols(word);
            Span<int> span = CollectionsMarshal.AsSpan(symbols);
            span = span[..MergeQueue.Merge(_merges, span)];
            into.AddRange(span);
            Remember(word, span);
        }
    }

    private void Remember(ReadOnlySpan<char> word, ReadOnlySpan<int> ids)
    {
        if (word.Length <= LongestCached && _cached < MostCached && _cacheBySpan.TryAdd(word, ids.ToArray()))
        {
            Interlocked.Increment(ref _cached);
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
            else if (_byteTokens?.TryAppend(symbol, symbols) != true && _unknownToken is not null)
            {
                if (!_fuseUnknown)
                {
                    Flush(symbols, ref waiting);
                }

                waiting = Vocabulary.IdOf(_unknownToken) ?? throw TokenizerProblem.Unknown(symbol, _unknownToken);
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
        if (symbol.Length == 1 && symbol[0] < _asciiIds.Length)
        {
            id = _asciiIds[symbol[0]];
            return id >= 0;
        }

        return Vocabulary.TryGetId(symbol, out id);
    }

    private ReadOnlySpan<char> Affixed(ReadOnlySpan<char> word, int start, int units)
    {
        string prefix = start > 0 ? _continuingPrefix : "";
        string suffix = start + units == word.Length ? _endSuffix : "";
        ReadOnlySpan<char> character = word.Slice(start, units);
        return prefix.Length + suffix.Length == 0 ? character : string.Concat(prefix, character, suffix);
    }
}
