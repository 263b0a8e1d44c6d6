using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>Selects one token after the other: the most likely one, or a sample by probability.</summary>
internal sealed class TokenSearch(SearchContext context)
{
    internal GenerationResult Run()
    {
        using DisposeScope scope = NewDisposeScope();
        DecodingSession session = context.Session;
        Repeat(context.Options.NumReturnSequences);
        StoppingCriteria rows = context.StartRows();
        List<Tensor> logProbabilities = [];
        while (!rows.All && session.Length < context.Limit)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            using DisposeScope step = NewDisposeScope();
            Tensor scores = context.Pipeline.Process(session.Ids, session.Forward().Logits);
            long[] next = SearchContext.Host(Choose(scores));
            rows.Update(next);
            if (context.Options.OutputLogProbabilities)
            {
                Tensor chosen = tensor(next, device: scores.device).unsqueeze(1);
                logProbabilities.Add(scores.log_softmax(1).gather(1, chosen).MoveToOuterDisposeScope());
            }

            session.Append(next);
            context.OnStep?.Invoke(next);
        }

        return new GenerationResult(session.Ids.clone().MoveToOuterDisposeScope(), context.PromptLength, rows.NewLengths)
        {
            TokenLogProbabilities = logProbabilities.Count > 0 ? cat(logProbabilities, 1).MoveToOuterDisposeScope() : null,
        };
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
