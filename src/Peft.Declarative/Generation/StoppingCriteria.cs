namespace Peft.Declarative.Generation;

/// <summary>Tracks which rows have ended, by an id or by a stop string.</summary>
internal sealed class StoppingCriteria
{
    private readonly IReadOnlyList<int> _eosTokenIds;
    private readonly int _padTokenId;
    private readonly StopStrings? _stops;
    private readonly List<int>[] _texts;
    private readonly bool[] _ended;
    private readonly int[] _fresh;

    /// <summary>Creates the criteria, with all rows running.</summary>
    /// <param name="prompts">The ids of the rows. Only needed for stop strings.</param>
    /// <param name="eosTokenIds">The ids that end a row.</param>
    /// <param name="padTokenId">The id that fills an ended row.</param>
    /// <param name="stops">The texts that end a row; <see langword="null"/> for none.</param>
    internal StoppingCriteria(List<int>[] prompts, IReadOnlyList<int> eosTokenIds, int padTokenId, StopStrings? stops)
    {
        _texts = prompts;
        _ended = new bool[prompts.Length];
        _fresh = new int[prompts.Length];
        _eosTokenIds = eosTokenIds;
        _padTokenId = padTokenId;
        _stops = stops;
    }

    /// <summary>The number of new ids of each row, without padding after its end.</summary>
    internal IReadOnlyList<int> NewLengths => _fresh;

    internal bool All => !_ended.Contains(false);

    /// <summary>Replaces the new ids of ended rows with the pad id, then ends the rows whose new id or text ends them.</summary>
    internal void Update(Span<long> next)
    {
        for (int row = 0; row < next.Length; row++)
        {
            if (_ended[row])
            {
                next[row] = _padTokenId;
                continue;
            }

            int id = (int)next[row];
            _texts[row].Add(id);
            _fresh[row]++;
            _ended[row] = _eosTokenIds.Contains(id) || (_stops?.EndsWith(_texts[row]) ?? false);
        }
    }
}
