using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>
/// Takes, of the k most likely tokens, the one that is likely and yet unlike all before it (Su et al. 2022):
/// (1 − α) · p(token) − α · max cosine(hidden(token), hidden(earlier)).
/// </summary>
internal sealed class ContrastiveSearch(SearchContext context)
{
    private readonly DecodingSession session = context.Session;
    private readonly double alpha = context.Options.PenaltyAlpha;
    private readonly int candidates = context.Options.TopK;

    internal GenerationResult Run()
    {
        using DisposeScope scope = NewDisposeScope();
        int rowCount = (int)session.Ids.size(0);
        StoppingCriteria rows = context.StartRows();
        (Tensor logits, Tensor hidden) = session.Forward();

        // Learned tokens before the text are no context that the text could repeat.
        Tensor seen = Normal(hidden.narrow(1, hidden.size(1) - session.Length, session.Length));
        session.Reorder(Candidates(rowCount, row => row));
        while (!rows.All && session.Length < context.Limit)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            using DisposeScope step = NewDisposeScope();
            Tensor ids = session.Ids.view(rowCount, candidates, -1).select(1, 0);
            (Tensor probabilities, Tensor tokens) = context.Pipeline.Process(ids, logits).softmax(1).topk(candidates, dim: 1);
            Tensor? mask = session.Mask?.view(rowCount, candidates, -1).select(1, 0);
            long[] tokenIds = SearchContext.Host(tokens);
            session.Append(tokenIds);
            (Tensor nextLogits, Tensor nextHidden) = session.Forward();
            Tensor normal = Normal(nextHidden).view(rowCount, candidates, -1);
            long[] best = SearchContext.Host(Rank(seen, normal, probabilities, mask));

            long[] next = [.. best.Select((choice, row) => tokenIds[row * candidates + choice])];
            session.Reorder(Candidates(rowCount, row => row * candidates + best[row]));
            Tensor winners = tensor([.. best.Select((choice, row) => row * candidates + choice)], device: logits.device);
            Move(ref logits, nextLogits.index_select(0, winners));
            Move(ref seen, cat([seen, normal.view(rowCount * candidates, 1, -1).index_select(0, winners)], 1));
            rows.Update(next);
            session.Overwrite([.. next.SelectMany(id => Enumerable.Repeat(id, candidates))]);
            context.OnStep?.Invoke(next);
        }

        Tensor sequences = session.Ids.view(rowCount, candidates, -1).select(1, 0).clone();
        return new GenerationResult(sequences.MoveToOuterDisposeScope(), context.PromptLength, rows.NewLengths);
    }

    private Tensor Rank(Tensor seen, Tensor fresh, Tensor probabilities, Tensor? mask)
    {
        Tensor cosine = fresh.bmm(seen.transpose(1, 2));   // [rows, candidates, earlier]
        if (mask is not null)
        {
            cosine = cosine.masked_fill(mask.eq(0).unsqueeze(1), float.MinValue);
        }

        return (probabilities * (1 - alpha) - cosine.amax([2]) * alpha).argmax(1);
    }

    private long[] Candidates(int rowCount, Func<int, long> old) =>
        [.. Enumerable.Range(0, rowCount).SelectMany(row => Enumerable.Repeat(old(row), candidates))];

    private static Tensor Normal(Tensor hidden)
    {
        Tensor wide = hidden.to(ScalarType.Float32);
        return wide / wide.norm(2, keepdim: true);
    }

    // What outlives a step moves out of its scope, and what it replaces is freed.
    private static void Move(ref Tensor old, Tensor fresh)
    {
        old.Dispose();
        old = fresh.MoveToOuterDisposeScope();
    }
}
