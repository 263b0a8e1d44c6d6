using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;
using Peft.Declarative.Serving.Personas;

namespace Peft.Declarative.Orleans.Answers;

/// <summary>Answers requests of all silos from the model of this one.</summary>
internal sealed class LocalAnswers(TextEngine engine, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private int _running;

    /// <summary>Answers a request, once it has a place.</summary>
    internal async IAsyncEnumerable<AnswerPart> RunAsync(TextJob job, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested || !engine.Has(job.Model))
        {
            yield return new Refused(Full: false);
            yield break;
        }

        if (engine.TextOf(job.Model) is var text && !job.Prompt.Fits(text))
        {
            yield return new Told(text);   // before it waits for a place
            yield break;
        }

        Interlocked.Increment(ref _running);
        try
        {
            await using ITextTurn? turn = await engine.EnterAsync(job, cancellation).ConfigureAwait(false);
            if (turn is null)
            {
                yield return new Refused(Full: true);
                yield break;
            }

            if (!job.Prompt.Fits(turn.Text))
            {
                yield return new Told(turn.Text);   // the files have changed meanwhile
                yield break;
            }

            yield return new Admitted();
            var ends = new ConcurrentDictionary<int, TextEnd>();
            Dictionary<int, List<TextPiece>> held = job.Choices.ToDictionary(choice => choice, _ => new List<TextPiece>());   // what is sent with the end: all, if it is not streamed
            await foreach ((int choice, TextPiece? piece) in turn.GenerateAsync((done, end) => ends[done] = end, cancellation).ConfigureAwait(false))
            {
                if (piece is null)
                {
                    TextEnd end = ends[choice];
                    yield return new AnswerEnd(end.Tokens, end.ReachedLimit, end.CachedTokens, AnswerPiece.Of(choice, held[choice]));
                }
                else if (job.Streams && !ends.ContainsKey(choice))
                {
                    yield return AnswerPiece.Of(choice, piece);
                }
                else
                {
                    held[choice].Add(piece);
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>Waits until the requests that are being answered have ended.</summary>
    internal async Task DrainAsync(CancellationToken cancellation)
    {
        while (Volatile.Read(ref _running) > 0)
        {
            await Task.Delay(Pause, cancellation).ConfigureAwait(false);
        }
    }
}
