using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;

namespace Peft.Declarative.Serving.Personas;

/// <summary>Generates the answers to requests in one batch on the model of this process, each by the persona that it names.</summary>
internal sealed class TextEngine : ITextSource, IDisposable
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

    /// <inheritdoc/>
    public IReadOnlyList<string> Personas => _store.All;

    /// <inheritdoc/>
    public int Waiting => _queue.Waiting;

    /// <summary>The number of requests that have a place or wait for one.</summary>
    internal int Load => _queue.Served + _queue.Waiting;

    /// <summary>The number of rows in the batch.</summary>
    internal int Running => _loop.Rows;

    /// <inheritdoc/>
    public bool Has(string name) => _store.Has(name);

    /// <inheritdoc cref="PersonaStore.TextOf"/>
    internal string? TextOf(string name) => _store.TextOf(name);

    /// <inheritdoc/>
    public async Task<ITextTurn?> EnterAsync(TextJob job, CancellationToken cancellation)
    {
        long arrived = TimeProvider.System.GetTimestamp();
        IDisposable? place = await _queue.EnterAsync(job.Model, cancellation, job.Choices.Count).ConfigureAwait(false);
        _metrics.Waited(TimeProvider.System.GetElapsedTime(arrived), admitted: place is not null);
        try
        {
            if (place is null)
            {
                return null;
            }

            (AdapterLease? adapter, string? text) = await _store.RentAsync(job.Model, cancellation).ConfigureAwait(false);
            return new Turn(this, job, place, adapter, text);
        }
        catch
        {
            place?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task LoadAsync(string name, CancellationToken cancellation) => _store.LoadAsync(name, cancellation);

    /// <inheritdoc/>
    public Task<bool> UnloadAsync(string name) => _store.UnloadAsync(name);

    public void Dispose() => _loop.Dispose();

    private async IAsyncEnumerable<TextPiece> GenerateAsync(
        TextJob job, IReadOnlyList<int> prompt, int choice, string? adapter, Action<TextEnd> end, [EnumeratorCancellation] CancellationToken cancellation)
    {
        long began = TimeProvider.System.GetTimestamp();
        GenerationOptions settings = job.SettingsOf(choice);
        int cached = 0;
        var text = new PieceWriter(_store.Tokenizer, settings.StopStrings, settings.EosTokenIds ?? _store.Generator.Ends.StopIds);
        try
        {
            if (ContinuousBatch.Obstacle(settings) is not null)
            {
                // The settings of the model's own files may ask for a search that no batch can do. It has a turn of its own.
                StreamEnd done = default;
                await foreach (string piece in _store.Generator.StreamAsync(prompt, settings, adapter, ended => done = ended, cancellation).ConfigureAwait(false))
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
                var row = new RowRequest(prompt, adapter, settings, job.TopLogProbabilities);
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
            end(new TextEnd(text.Tokens, text.ReachedLimit, cached));
            if (rest is not null)
            {
                yield return rest;
            }
        }
        finally
        {
            // Also of a text whose reader has gone. The texts of a request have one prompt, as in their usage.
            bool isFirst = choice == job.Choices[0];
            _metrics.Generated(job.Model, isFirst ? prompt.Count : 0, isFirst ? cached : 0, text.Tokens);
        }
    }

    private sealed class Turn(TextEngine engine, TextJob job, IDisposable place, AdapterLease? lease, string? text) : ITextTurn
    {
        public string? Text => text;

        public IAsyncEnumerable<(int Choice, TextPiece? Piece)> GenerateAsync(Action<int, TextEnd> end, CancellationToken cancellation) => Choices.RunAsync(
            job.Choices, (choice, left) => engine.GenerateAsync(job, job.Prompt.After(text), choice, lease?.Name, ended => end(choice, ended), left), cancellation);

        public ValueTask DisposeAsync()
        {
            lease?.Dispose();
            place.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
