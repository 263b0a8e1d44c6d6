using System.Runtime.CompilerServices;
using Orleans.Runtime;
using Peft.Declarative.Orleans.Silos;
using Peft.Declarative.Serving.Personas;
using Peft.Declarative.Serving.Protocol;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Orleans.Answers;

/// <summary>
/// The place of a request on one of the silos. If the silo is lost, the request gets a place on another one, which generates anew the texts that have not ended,
/// unless a piece of one of them has been passed on.
/// </summary>
internal sealed class ClusterTurn(SiloTable silos, PersonaStore store, TextJob job) : ITextTurn
{
    // Others that are full at the moment are asked again, because the request has waited for its turn before.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // Of a silo whose files change that often while it is asked, another one takes the request.
    private const int MostTold = 3;

    private readonly HashSet<SiloAddress> _lost = [];
    private readonly SortedSet<int> _wanted = [.. job.Choices];   // the texts that have not ended
    private readonly HashSet<int> _begun = [];                    // those of them of which a piece has been passed on
    private IAsyncEnumerator<AnswerPart>? _parts;
    private IDisposable? _sent;
    private SiloState? _silo;

    /// <inheritdoc/>
    public string? Text { get; private set; }

    /// <summary>Waits for a place.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Whether there is one; otherwise too many requests wait everywhere.</returns>
    internal async Task<bool> OpenAsync(CancellationToken cancellation)
    {
        HashSet<SiloAddress> tried = [.. _lost];
        bool full = false;
        Exception? error = null;
        while (silos.Choose(job.Model, tried) is { } silo)
        {
            tried.Add(silo.Address);
            (_silo, _sent) = (silo, silo.Send());
            try
            {
                AnswerPart? first = await AskAsync(silo, cancellation).ConfigureAwait(false);
                if (first is Admitted)
                {
                    return true;
                }

                full |= first is Refused { Full: true };
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested && failure is not ProtocolException)
            {
                error = failure;
                if (SiloTable.IsLoss(failure))
                {
                    Leave(failure);
                }
                else if (failure is not PeftException)
                {
                    silos.Note(silo, failure);   // of what is wrong with its files, the silo itself tells
                }
            }

            await DisposeAsync().ConfigureAwait(false);
        }

        return full ? false
            : throw error as PeftException ?? new PeftException(RuleIds.MachineLost, $"No machine that serves '{job.Model}' answers at present. Try again later.", error);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<(int Choice, TextPiece? Piece)> GenerateAsync(Action<int, TextEnd> end, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (_wanted.Count > 0)
        {
            switch (await NextAsync(cancellation).ConfigureAwait(false))
            {
                case AnswerPiece piece:
                    _begun.Add(piece.Choice);
                    yield return (piece.Choice, piece.Piece());
                    break;
                case AnswerEnd { Last: AnswerPiece last } done:
                    _wanted.Remove(last.Choice);
                    _begun.Remove(last.Choice);
                    end(last.Choice, new TextEnd(done.Tokens, done.ReachedLimit, done.CachedTokens));
                    if (last.Text.Length > 0)
                    {
                        yield return (last.Choice, last.Piece());
                    }

                    yield return (last.Choice, null);
                    break;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _sent?.Dispose();
        if (_parts is { } parts)
        {
            _parts = null;
            await parts.DisposeAsync().ConfigureAwait(false);
        }
    }

    // The first part. Which persona has the name, the silo decides, and the prompt is written for that one.
    private async Task<AnswerPart?> AskAsync(SiloState silo, CancellationToken cancellation)
    {
        Text = store.SoundTextOf(job.Model);   // mostly what other silos tell it, too
        for (int told = 0; ; told++)
        {
            _parts = silos.Answer(silo, job with { Choices = [.. _wanted] }, Text, cancellation).GetAsyncEnumerator(cancellation);
            AnswerPart? first = await _parts.MoveNextAsync().ConfigureAwait(false) ? _parts.Current : null;
            if (first is not Told { Text: var text } || told == MostTold)
            {
                return first;
            }

            await _parts.DisposeAsync().ConfigureAwait(false);
            Text = text;
        }
    }

    // The next part, or null if another silo goes on.
    private async Task<AnswerPart?> NextAsync(CancellationToken cancellation)
    {
        Exception loss;
        try
        {
            if (await _parts!.MoveNextAsync().ConfigureAwait(false))
            {
                return _parts.Current;
            }

            loss = new EndOfStreamException("The answer ended early.");
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && SiloTable.IsLoss(failure))
        {
            loss = failure;
        }

        Leave(loss);
        if (_begun.Count > 0)
        {
            throw new PeftException(RuleIds.MachineLost, "The machine that generated this text was lost. Send the request again; another one will answer.", loss);
        }

        while (!await OpenAsync(cancellation).ConfigureAwait(false))
        {
            await Task.Delay(Pause, cancellation).ConfigureAwait(false);
        }

        return null;
    }

    // Nothing is told to a silo that is lost, because the words would only be waited for.
    private void Leave(Exception reason)
    {
        _sent!.Dispose();
        _lost.Add(_silo!.Address);
        silos.Forget(_silo, reason);
        _parts = null;
    }
}
