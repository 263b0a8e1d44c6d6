using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>
/// Selects one token after the other: the most likely one, or a sample by probability. A pass can compute several drafted tokens, of which those count that would
/// have been selected anyway: rules and random numbers see the same rows in the same order as without a draft.
/// </summary>
internal sealed class TokenSearch(SearchContext context)
{
    private readonly List<Tensor> _logProbabilities = [];

    internal GenerationResult Run()
    {
        using DisposeScope scope = NewDisposeScope();
        DecodingSession session = context.Session;
        Repeat(context.Options.NumReturnSequences);
        StoppingCriteria rows = context.StartRows();
        PromptLookup? lookup = context.Drafts > 0 && session.Ids.size(0) == 1
            ? new PromptLookup(SearchContext.Host(session.Ids), context.Options.MaxMatchingNgramSize) : null;
        while (!rows.All && session.Length < context.Limit)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            using DisposeScope step = NewDisposeScope();
            long[] draft = lookup?.Draft(Math.Min(context.Drafts, context.Limit - session.Length - 1)) ?? [];
            Tensor logits = session.Forward(draft).Logits;
            long count = session.Ids.size(0);
            for (int i = 0; i <= draft.Length && !rows.All; i++)
            {
                long id = Select(logits.narrow(0, i * count, count), rows)[0];
                lookup?.Add(id);
                if (i < draft.Length && id != draft[i])
                {
                    break;
                }
            }

            if (draft.Length > 0)
            {
                session.KeepToLast();
            }
        }

        return new GenerationResult(session.Ids.clone().MoveToOuterDisposeScope(), context.PromptLength, rows.NewLengths)
        {
            TokenLogProbabilities = _logProbabilities.Count > 0 ? cat(_logProbabilities, 1).MoveToOuterDisposeScope() : null,
            Passes = session.Passes,
        };
    }

    // The next token of each row, which it appends.
    private long[] Select(Tensor logits, StoppingCriteria rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scores = context.Pipeline.Process(context.Session.Ids, logits);
        long[] next = SearchContext.Host(Choose(scores));
        rows.Update(next);
        if (context.Options.OutputLogProbabilities)
        {
            Tensor chosen = tensor(next, device: scores.device).unsqueeze(1);
            _logProbabilities.Add(scores.log_softmax(1).gather(1, chosen).DetachFromDisposeScope());
        }

        context.Session.Append(next);
        context.OnStep?.Invoke(next);
        return next;
    }

    private void Repeat(int times)
    {
        if (times > 1)
        {
            long prompts = context.Session.Ids.size(0);
            context.Session.Reorder([.. Enumerable.Range(0, (int)prompts * times).Select(row => (long)(row / times))]);
        }
    }

    private Tensor Choose(Tensor scores) => context.Options.DoSample
        ? scores.softmax(1).multinomial(1, replacement: false, context.Random).squeeze(1)
        : scores.argmax(1);
}
