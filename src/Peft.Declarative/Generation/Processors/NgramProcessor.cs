using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Forbids every id that would complete a sequence of ids that occurred before.</summary>
/// <param name="size">Length of the sequences.</param>
/// <param name="source">Ids [prompts, length] whose sequences are forbidden; those of the row itself unless given.</param>
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
                using Tensor place = result[row];
                place.index_fill_(0, index, float.NegativeInfinity);
            }
        }

        return result;
    }

    /// <summary>The ids that follow an occurrence of the given end.</summary>
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
