using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Peft.Declarative.Chat;
using Peft.Declarative.Generation;

namespace Peft.Declarative.Serving.Personas;

/// <summary>Generates the answers to requests, each by the persona that it names.</summary>
internal sealed class TextEngine(PersonaStore store, ServerMetrics metrics, IOptions<PeftServerOptions> options)
{
    private readonly TurnQueue _queue = new(options.Value.QueueLength);

    /// <summary>The number of requests that wait for the model.</summary>
    internal int Waiting => _queue.Waiting;

    /// <summary>Waits for the model.</summary>
    /// <param name="persona">The persona that the request names.</param>
    /// <param name="cancellation">Leaves the queue.</param>
    /// <returns>The turn; <see langword="null"/> if too many requests wait.</returns>
    internal async Task<IDisposable?> EnterAsync(string persona, CancellationToken cancellation)
    {
        long arrived = TimeProvider.System.GetTimestamp();
        IDisposable? turn = await _queue.EnterAsync(persona, cancellation).ConfigureAwait(false);
        metrics.Waited(TimeProvider.System.GetElapsedTime(arrived), admitted: turn is not null);
        return turn;
    }

    /// <summary>Generates one text within a turn, piece by piece.</summary>
    /// <param name="persona">The persona; <see langword="null"/> for the base model.</param>
    /// <param name="promptIds">The prompt.</param>
    /// <param name="settings">How to generate.</param>
    /// <param name="end">Gets the end before the last piece.</param>
    /// <param name="cancellation">Ends the text.</param>
    internal async IAsyncEnumerable<string> GenerateAsync(
        Persona? persona, IReadOnlyList<int> promptIds, GenerationOptions settings, Action<TextEnd> end, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var stops = new StopText(settings.StopStrings);
        StreamEnd stream = default;

        // Without a name no adapter is active: the store activates none, and a turn restores what was.
        await foreach (string piece in store.Generator.StreamAsync(promptIds, settings, persona?.Name, done => stream = done, cancellation).ConfigureAwait(false))
        {
            if (stops.Add(piece) is { Length: > 0 } shown)
            {
                yield return shown;
            }
        }

        metrics.Generated(persona?.Name ?? store.BaseName, promptIds.Count, stream.NewTokens);
        end(new TextEnd(stream.NewTokens, stream.ReachedLimit && !stops.Found));
        if (stops.Complete() is { Length: > 0 } rest)
        {
            yield return rest;
        }
    }
}

/// <summary>How a text ended.</summary>
/// <param name="Tokens">The number of tokens that were generated.</param>
/// <param name="ReachedLimit">Whether the limit of tokens ended it.</param>
internal readonly record struct TextEnd(int Tokens, bool ReachedLimit);
