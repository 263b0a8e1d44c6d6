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
    internal async IAsyncEnumerable<AnswerPart> RunAsync(TextJob job, int firstChoice, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested || !engine.Has(job.Model))
        {
            yield return new Refused(Full: false);
            yield break;
        }

        Interlocked.Increment(ref _running);
        try
        {
            // The texts follow each other, so that those that are sent need not be sent again by another silo.
            await using ITextTurn? turn = await engine.EnterAsync(job with { Choices = 1 }, cancellation).ConfigureAwait(false);
            yield return turn is null ? new Refused(Full: true) : new Admitted();
            for (int choice = firstChoice; turn is not null && choice < job.Choices; choice++)
            {
                TextEnd? end = null;
                List<TextPiece> held = [];   // all of an answer that is sent as a whole
                await foreach (TextPiece piece in turn.GenerateAsync(choice, ended => end = ended, cancellation).ConfigureAwait(false))
                {
                    if (job.Streams && end is null)
                    {
                        yield return AnswerPiece.Of(piece);
                    }
                    else
                    {
                        held.Add(piece);
                    }
                }

                yield return new AnswerEnd(end!.Value.Tokens, end.Value.ReachedLimit, end.Value.CachedTokens, AnswerPiece.Of([.. held]));
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
