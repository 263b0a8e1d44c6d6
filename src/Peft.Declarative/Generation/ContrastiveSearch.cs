using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>
/// Selects, among the k most likely tokens, the one that is likely and differs most from all tokens before it (Su et al. 2022): (1 − α) · p(token) −
/// α · max cosine(hidden(token), hidden(earlier)).
/// </summary>
internal sealed class ContrastiveSearch(SearchContext context)
{
    private readonly DecodingSession _session = context.Session;
    private readonly double _alpha = context.Options.PenaltyAlpha;
    private readonly int _candidates = context.Options.TopK;

    internal GenerationResult Run()
    {
        using DisposeScope scope = NewDisposeScope();
        int rowCount = (int)_session.Ids.size(0);
        StoppingCriteria rows = context.StartRows();
        (Tensor logits, Tensor hidden) = _session.Forward();

        // Virtual tokens before the text are not a context that the text could repeat.
        Tensor seen = Normal(hidden.narrow(1, hidden.size(1) - _session.Length, _session.Length));
        _session.Reorder(Candidates(rowCount, row => row));
        while (!rows.All && _session.Length < context.Limit)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            using DisposeScope step = NewDisposeScope();
            Tensor ids = _session.Ids.view(rowCount, _candidates, -1).select(1, 0);
            (Tensor probabilities, Tensor tokens) = context.Pipeline.Process(ids, logits).softmax(1).topk(_candidates, dim: 1);
            Tensor? mask = _session.Mask?.view(rowCount, _candidates, -1).select(1, 0);
            long[] tokenIds = SearchContext.Host(tokens);
            _session.Append(tokenIds);
            (Tensor nextLogits, Tensor nextHidden) = _session.Forward();
            Tensor normal = Normal(nextHidden).view(rowCount, _candidates, -1);
            long[] best = SearchContext.Host(Rank(seen, normal, probabilities, mask));

            long[] next = [.. best.Select((choice, row) => tokenIds[row * _candidates + choice])];
            _session.Reorder(Candidates(rowCount, row => row * _candidates + best[row]));
            Tensor winners = tensor([.. best.Select((choice, row) => row * _candidates + choice)], device: logits.device);
            Move(ref logits, nextLogits.index_select(0, winners));
            Move(ref seen, cat([seen, normal.view(rowCount * _candidates, 1, -1).index_select(0, winners)], 1));
            rows.Update(next);
            _session.Overwrite([.. next.SelectMany(id => Enumerable.Repeat(id, _candidates))]);
            context.OnStep?.Invoke(next);
        }

        Tensor sequences = _session.Ids.view(rowCount, _candidates, -1).select(1, 0).clone();
        return new GenerationResult(sequences.MoveToOuterDisposeScope(), context.PromptLength, rows.NewLengths);
    }

    private Tensor Rank(Tensor seen, Tensor fresh, Tensor probabilities, Tensor? mask)
    {
        Tensor cosine = fresh.bmm(seen.transpose(1, 2));   // [rows, candidates, earlier]
        if (mask is not null)
        {
            cosine = cosine.masked_fill(mask.eq(Scalars.Of(0)).unsqueeze(1), Scalars.Of(float.MinValue));
        }

        return (probabilities * Scalars.Of(1 - _alpha) - cosine.amax([2]) * Scalars.Of(_alpha)).argmax(1);
    }

    private long[] Candidates(int rowCount, Func<int, long> old) =>
        [.. Enumerable.Range(0, rowCount).SelectMany(row => Enumerable.Repeat(old(row), _candidates))];

    private static Tensor Normal(Tensor hidden)
    {
        Tensor wide = hidden.to(ScalarType.Float32);
        return wide / wide.norm(2, keepdim: true);
    }

    // A tensor that outlives a step is moved out of its scope, and the tensor that it replaces is freed.
    private static void Move(ref Tensor old, Tensor fresh)
    {
        old.Dispose();
        old = fresh.MoveToOuterDisposeScope();
    }
}
