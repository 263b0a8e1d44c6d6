using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers;

/// <summary>Tokens of a model and their ids, in both directions. Ids may have gaps.</summary>
internal sealed class Vocabulary
{
    /// <summary>Greatest id that is taken from a file; it bounds the memory that a file can make the reader allocate.</summary>
    internal const int GreatestId = 4_194_303;

    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idsBySpan;
    private readonly string?[] _tokens;

    internal Vocabulary(IEnumerable<KeyValuePair<string, int>> entries, int count)
    {
        _ids = new Dictionary<string, int>(count, StringComparer.Ordinal);
        _tokens = new string?[count];
        foreach ((string token, int id) in entries)
        {
            _ids[token] = id;
            if (id >= _tokens.Length)
            {
                Array.Resize(ref _tokens, Math.Max(id + 1, _tokens.Length * 2)); // only where ids have gaps; they are bounded
            }

            _tokens[id] = token;
            EndId = Math.Max(EndId, id + 1);
        }

        _idsBySpan = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        Count = Math.Max(_ids.Count, _tokens.Count(token => token is not null));
    }

    /// <summary>How many tokens there are.</summary>
    internal int Count { get; }

    /// <summary>One more than the greatest id.</summary>
    internal int EndId { get; }

    internal IEnumerable<KeyValuePair<string, int>> Entries => _ids;

    /// <summary>Reads an object of token to id.</summary>
    internal static Vocabulary Read(JsonSection section) => new(
        section.Members().Select(member => KeyValuePair.Create(member.Key, IdOf(member.Key, member.Section))),
        section.IsObject ? section.Value.GetPropertyCount() : 0);

    internal bool TryGetId(ReadOnlySpan<char> token, out int id) => _idsBySpan.TryGetValue(token, out id);

    internal int? IdOf(string token) => _ids.TryGetValue(token, out int id) ? id : null;

    internal string? TokenOf(int id) => id >= 0 && id < _tokens.Length ? _tokens[id] : null;

    private static int IdOf(string token, JsonSection section)
    {
        try
        {
            return section.AsId();
        }
        catch (PeftException wrong)
        {
            throw section.Error(FormattableString.Invariant($"gives the token '{token}' no usable id: it must be a whole number from 0 to {GreatestId:N0}."), wrong);
        }
    }
}
