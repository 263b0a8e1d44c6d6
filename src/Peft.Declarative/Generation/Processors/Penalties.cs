using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Adds a bias to the token that completes a sequence. Biases of several sequences add up.</summary>
internal sealed class SequenceBiasProcessor(IReadOnlyList<SequenceBias> biases) : ILogitsProcessor
{
    /// <summary>Forbids sequences. One that consists of an end-of-text id only is skipped, because texts must be able to end.</summary>
    internal static SequenceBiasProcessor Forbid(IReadOnlyList<IReadOnlyList<int>> sequences, IReadOnlyList<int> eosTokenIds) => new(
    [
        .. sequences
            .Where(ids => ids.Count != 1 || !eosTokenIds.Contains(ids[0]))
            .Select(ids => new SequenceBias(ids, double.NegativeInfinity)),
    ]);

    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        Tensor added = zeros_like(scores);
        foreach (SequenceBias bias in biases.Where(bias => bias.Ids.Count <= Math.Max(1, inputIds.size(1))))
        {
            Tensor column = added.narrow(1, bias.Ids[^1], 1);
            column.add_(Matches(inputIds, bias, scores), Scalars.One);
        }

        return scores.add(added, Scalars.One);
    }

    /// <summary>Computes the bias: for rows that end with the beginning of the sequence, otherwise 0, [rows, 1].</summary>
    private static Tensor Matches(Tensor inputIds, SequenceBias bias, Tensor scores)
    {
        int before = bias.Ids.Count - 1;
        Tensor value = full([inputIds.size(0), 1], Scalars.Of(bias.Bias), dtype: scores.dtype, device: scores.device);
        if (before == 0)
        {
            return value;
        }

        Tensor beginning = tensor(bias.Ids.Take(before).Select(id => (long)id).ToArray(), device: inputIds.device);
        Tensor matches = inputIds.narrow(1, inputIds.size(1) - before, before).eq(beginning).all(1, keepdim: true);
        return where(matches, value, zeros_like(value));   // not a product: 0 · −∞ is NaN
    }
}

/// <summary>
/// Subtracts a penalty from the score of a token for each earlier beam group's choice of it at the same step (Vijayakumar et al. 2016).
/// </summary>
/// <param name="penalty">The penalty per beam that selected the token.</param>
/// <param name="groupSize">The number of beams of a group.</param>
internal sealed class HammingDiversityProcessor(double penalty, int groupSize) : ILogitsProcessor
{
    private Tensor? _chosen;

    /// <summary>Sets the choices of earlier groups: int64 [prompts, earlier beams], empty before the first group.</summary>
    internal void BeginGroup(Tensor chosenByEarlierGroups) => _chosen = chosenByEarlierGroups;

    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        if (_chosen is null || _chosen.numel() == 0)
        {
            return scores;
        }

        Tensor counts = zeros([_chosen.size(0), scores.size(1)], dtype: scores.dtype, device: scores.device);
        counts.scatter_add_(1, _chosen, ones_like(_chosen).to(scores.dtype));
        return scores - (counts * Scalars.Of(penalty)).repeat_interleave(groupSize, 0);
    }
}

/// <summary>Divides positive and multiplies negative scores of ids that occurred, once per id (Keskar et al. 2019).</summary>
/// <param name="penalty">The penalty; above 1 makes ids less likely.</param>
/// <param name="seen">The ids [prompts, length] that count as having occurred; <see langword="null"/> for the row itself.</param>
internal sealed class RepetitionPenaltyProcessor(double penalty, Tensor? seen = null) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        Tensor ids = seen is null ? inputIds : seen.repeat_interleave(scores.size(0) / seen.size(0), 0);
        Tensor old = scores.gather(1, ids);
        return scores.scatter(1, ids, where(old.lt(Scalars.Of(0)), old * Scalars.Of(penalty), old / Scalars.Of(penalty)));
    }
}

/// <summary>
/// Subtracts one number from the score of an id that was generated, and another one for each time. OpenAI's definition; the prompt does not count.
/// </summary>
/// <param name="presence">The number that is subtracted once; below 0 makes ids more likely.</param>
/// <param name="frequency">The number that is subtracted for each time; below 0 makes ids more likely.</param>
/// <param name="promptLength">The number of ids of the prompt, including padding.</param>
internal sealed class OccurrencePenaltyProcessor(double presence, double frequency, int promptLength) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        long generated = inputIds.size(1) - promptLength;
        if (generated <= 0)
        {
            return scores.alias();
        }

        Tensor ids = inputIds.narrow(1, promptLength, generated);
        Tensor counts = zeros_like(scores).scatter_add(1, ids, ones_like(ids, dtype: scores.dtype));
        return scores - (counts * Scalars.Of(frequency)) - (counts.gt(Scalars.Of(0)).to(scores.dtype) * Scalars.Of(presence));
    }
}

/// <summary>Forbids every id that would complete a sequence of ids that occurred before.</summary>
/// <param name="size">The length of the sequences.</param>
/// <param name="source">The ids [prompts, length] whose sequences are forbidden; <see langword="null"/> for those of the row itself.</param>
internal sealed class NgramProcessor(int size, Tensor? source = null) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        int length = (int)inputIds.size(1);
        if (length + 1 < size)
        {
            return scores;
        }

        int rows = (int)inputIds.size(0);
        long[] ids = Host(inputIds);
        long[] from = source is null ? ids : Host(source);
        int fromRows = source is null ? rows : (int)source.size(0);
        int fromLength = from.Length / fromRows;
        Tensor result = scores.clone();
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<long> end = ids.AsSpan((row + 1) * length - (size - 1), size - 1);
            long[] banned = Continuations(from.AsSpan(row * fromRows / rows * fromLength, fromLength), end);
            if (banned.Length > 0)
            {
                using Tensor index = tensor(banned, device: scores.device);
                using Tensor target = result[row];
                target.index_fill_(0, index, Scalars.Of(float.NegativeInfinity));
            }
        }

        return result;
    }

    /// <summary>Gets the ids that follow an occurrence of the given end.</summary>
    private static long[] Continuations(ReadOnlySpan<long> ids, ReadOnlySpan<long> end)
    {
        HashSet<long> found = [];
        for (int start = 0; start + end.Length < ids.Length; start++)
        {
            if (ids.Slice(start, end.Length).SequenceEqual(end))
            {
                found.Add(ids[start + end.Length]);
            }
        }

        return [.. found];
    }

    private static long[] Host(Tensor ids) => ids.cpu().contiguous().data<long>().ToArray();
}
