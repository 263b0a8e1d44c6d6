using Peft.Declarative.Text.Loading;

namespace Peft.Declarative.Text;

/// <summary>Tokens of a model and their ids, both ways. Ids may have holes.</summary>
internal sealed class Vocabulary
{
    /// <summary>Greatest id that is taken from a file; it bounds what a file can make us allocate.</summary>
    internal const int GreatestId = 16_777_215;

    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> idsBySpan;
    private readonly Dictionary<int, string> tokens;

    internal Vocabulary(IEnumerable<KeyValuePair<string, int>> entries)
    {
        ids = new Dictionary<string, int>(StringComparer.Ordinal);
        tokens = [];
        foreach ((string token, int id) in entries)
        {
            ids[token] = id;
            tokens[id] = token;
        }

        idsBySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        EndId = tokens.Count == 0 ? 0 : tokens.Keys.Max() + 1;
    }

    /// <summary>How many tokens there are.</summary>
    internal int Count => Math.Max(ids.Count, tokens.Count);

    /// <summary>One more than the greatest id.</summary>
    internal int EndId { get; }

    internal IEnumerable<KeyValuePair<string, int>> Entries => ids;

    /// <summary>Reads an object of token to id.</summary>
    internal static Vocabulary Read(JsonSection section) =>
        new(section.Members().Select(member => KeyValuePair.Create(member.Key, IdOf(member.Key, member.Section))));

    internal bool TryGetId(ReadOnlySpan<char> token, out int id) => idsBySpan.TryGetValue(token, out id);

    internal int? IdOf(string token) => ids.TryGetValue(token, out int id) ? id : null;

    internal string? TokenOf(int id) => tokens.GetValueOrDefault(id);

    private static int IdOf(string token, JsonSection section)
    {
        try
        {
            return section.AsId();
        }
        catch (PeftException wrong)
        {
            throw section.Error($"gives the token '{token}' no usable id: it must be a whole number from 0 to {GreatestId:N0}.", wrong);
        }
    }
}
