namespace Peft.Declarative.Generation;

/// <summary>Knows which rows have ended, by an id or by a stop string, and what stands in them afterwards.</summary>
internal sealed class StoppingCriteria
{
    private readonly IReadOnlyList<int> _eosTokenIds;
    private readonly int _padTokenId;
    private readonly StopStrings? _stops;
    private readonly List<int>[] _texts;
    private readonly bool[] _ended;
    private readonly int[] _fresh;

    /// <summary>Starts with all rows running.</summary>
    /// <param name="prompts">Ids of the rows; only needed with stop strings.</param>
    /// <param name="eosTokenIds">Ids that end a row.</param>
    /// <param name="padTokenId">Id that fills an ended row.</param>
    /// <param name="stops">Texts that end a row, if there are any.</param>
    internal StoppingCriteria(List<int>[] prompts, IReadOnlyList<int> eosTokenIds, int padTokenId, StopStrings? stops)
    {
        _texts = prompts;
        _ended = new bool[prompts.Length];
        _fresh = new int[prompts.Length];
        _eosTokenIds = eosTokenIds;
        _padTokenId = padTokenId;
        _stops = stops;
    }

    /// <summary>New ids of each row, without what fills it after its end.</summary>
    internal IReadOnlyList<int> NewLengths => _fresh;

    internal bool All => !_ended.Contains(false);

    /// <summary>Puts the pad id in place of what was chosen for ended rows, then ends the rows whose new id asks for it.</summary>
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
