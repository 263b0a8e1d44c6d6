using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Peft.Declarative.Chat;
using Peft.Declarative.Generation;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Serving.Personas;

/// <summary>Generates the answers to requests in one batch, each by the persona that it names.</summary>
internal sealed class TextEngine : IDisposable
{
    private readonly PersonaStore _store;
    private readonly ServerMetrics _metrics;
    private readonly TurnQueue _queue;
    private readonly BatchLoop _loop;

    public TextEngine(PersonaStore store, ServerMetrics metrics, IOptions<PeftServerOptions> options)
    {
        (_store, _metrics) = (store, metrics);
        _queue = new TurnQueue(options.Value.MaxRows, options.Value.QueueLength);
        _loop = new BatchLoop(new ContinuousBatch(store.Model, store.Tokenizer)
        {
            MaxRows = options.Value.MaxRows,
            PrefillTokens = options.Value.PrefillTokens,
            PromptMemory = options.Value.PromptMemory,
        });
        metrics.Observe(() => _loop.Rows, () => _queue.Waiting);
    }

    /// <summary>The number of requests that wait for a place in the batch.</summary>
    internal int Waiting => _queue.Waiting;

    /// <summary>The number of rows in the batch.</summary>
    internal int Running => _loop.Rows;

    /// <summary>Waits for places in the batch.</summary>
    /// <param name="persona">The persona that the request names.</param>
    /// <param name="cancellation">Leaves the queue.</param>
    /// <param name="texts">The number of texts that the request asks for.</param>
    /// <returns>The places, which are free again when it is disposed; <see langword="null"/> if too many requests wait.</returns>
    internal async Task<IDisposable?> EnterAsync(string persona, CancellationToken cancellation, int texts = 1)
    {
        long arrived = TimeProvider.System.GetTimestamp();
        IDisposable? place = await _queue.EnterAsync(persona, cancellation, texts).ConfigureAwait(false);
        _metrics.Waited(TimeProvider.System.GetElapsedTime(arrived), admitted: place is not null);
        return place;
    }

    /// <summary>Generates one text in a place of the batch, piece by piece.</summary>
    /// <param name="model">What the request names.</param>
    /// <param name="adapter">The name of its adapter on the model; <see langword="null"/> for the base model.</param>
    /// <param name="promptIds">The prompt.</param>
    /// <param name="settings">How to generate.</param>
    /// <param name="topLogProbabilities">The number of alternatives that are told of each token; <see langword="null"/> for no log-probabilities.</param>
    /// <param name="end">Gets the end before the last piece.</param>
    /// <param name="cancellation">Ends the text.</param>
    internal async IAsyncEnumerable<TextPiece> GenerateAsync(
        string model, string? adapter, IReadOnlyList<int> promptIds, GenerationOptions settings, int? topLogProbabilities, Action<TextEnd> end,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        long began = TimeProvider.System.GetTimestamp();
        int cached = 0;
        var text = new PieceWriter(_store.Tokenizer, settings.StopStrings, settings.EosTokenIds ?? _store.Generator.Ends.StopIds);
        if (ContinuousBatch.Obstacle(settings) is not null)
        {
            // The settings of the model's own files may ask for a search that no batch can do. It has a turn of its own.
            StreamEnd done = default;
            await foreach (string piece in _store.Generator.StreamAsync(promptIds, settings, adapter, ended => done = ended, cancellation).ConfigureAwait(false))
            {
                if (text.Add(piece) is { } shown)
                {
                    yield return shown;
                }
            }

            text.Count(done.NewTokens, done.ReachedLimit);
        }
        else
        {
            var row = new RowRequest(promptIds, adapter, settings, topLogProbabilities);
            await foreach (RowToken token in _loop.RunAsync(row, cancellation).ConfigureAwait(false))
            {
                if (text.Tokens == 0)
                {
                    cached = token.CachedTokens;
                    _metrics.Began(TimeProvider.System.GetElapsedTime(began));
                }

                if (text.Add(token) is { } shown)
                {
                    yield return shown;
                }
            }
        }

        TextPiece? rest = text.Complete();
        _metrics.Generated(model, promptIds.Count, cached, text.Tokens);
        end(new TextEnd(text.Tokens, text.ReachedLimit, cached));
        if (rest is not null)
        {
            yield return rest;
        }
    }

    /// <summary>The same for the program's own chat clients: waits for a place, and ends as a stream of the library does.</summary>
    internal async IAsyncEnumerable<string> StreamAsync(
        IReadOnlyList<int> promptIds, GenerationOptions settings, string? adapter, Action<StreamEnd> end, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string model = adapter ?? _store.BaseName;
        if (!_store.Has(model))
        {
            throw new PeftException(RuleIds.NoSuchAdapter, $"No persona has the name '{model}'. {_store.Meant(model)}");
        }

        using IDisposable place = await EnterAsync(model, cancellation).ConfigureAwait(false)
            ?? throw new PeftException(RuleIds.ModelInUse, FormattableString.Invariant($"{Waiting} requests wait already. Try again later, or raise QueueLength."));
        using AdapterLease? lease = await _store.RentAsync(model, cancellation).ConfigureAwait(false);
        await foreach (TextPiece piece in GenerateAsync(
            model, lease?.Name, promptIds, settings, null, done => end(new StreamEnd(done.Tokens, done.ReachedLimit)), cancellation).ConfigureAwait(false))
        {
            yield return piece.Text;
        }
    }

    public void Dispose() => _loop.Dispose();
}

/// <summary>How a text ended.</summary>
/// <param name="Tokens">The number of tokens that were generated.</param>
/// <param name="ReachedLimit">Whether the limit of tokens ended it.</param>
/// <param name="CachedTokens">The number of tokens of the prompt that had been read for an earlier text.</param>
internal readonly record struct TextEnd(int Tokens, bool ReachedLimit, int CachedTokens);
