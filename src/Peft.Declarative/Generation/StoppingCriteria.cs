namespace Peft.Declarative.Generation;

/// <summary>Knows which rows have ended, by an id or by a stop string, and what stands in them afterwards.</summary>
internal sealed class StoppingCriteria
{
    private readonly IReadOnlyList<int> eosTokenIds;
    private readonly int padTokenId;
    private readonly StopStrings? stops;
    private readonly List<int>[] texts;
    private readonly bool[] ended;
    private readonly int[] fresh;

    /// <summary>Starts with all rows running.</summary>
    /// <param name="prompts">Ids of the rows; only needed with stop strings.</param>
    /// <param name="eosTokenIds">Ids that end a row.</param>
    /// <param name="padTokenId">Id that fills an ended row.</param>
    /// <param name="stops">Texts that end a row, if there are any.</param>
    internal StoppingCriteria(List<int>[] prompts, IReadOnlyList<int> eosTokenIds, int padTokenId, StopStrings? stops)
    {
        texts = prompts;
        ended = new bool[prompts.Length];
        fresh = new int[prompts.Length];
        this.eosTokenIds = eosTokenIds;
        this.padTokenId = padTokenId;
        this.stops = stops;
    }

    /// <summary>New ids of each row, without what fills it after its end.</summary>
    internal IReadOnlyList<int> NewLengths => fresh;

    internal bool All => !ended.Contains(false);

    /// <summary>Puts the pad id in place of what was chosen for ended rows, then ends the rows whose new id asks for it.</summary>
    internal void Update(Span<long> next)
    {
        for (int row = 0; row < next.Length; row++)
        {
            if (ended[row])
            {
                next[row] = padTokenId;
                continue;
            }

            int id = (int)next[row];
            texts[row].Add(id);
            fresh[row]++;
            ended[row] = eosTokenIds.Contains(id) || (stops?.EndsWith(texts[row]) ?? false);
        }
    }
}
