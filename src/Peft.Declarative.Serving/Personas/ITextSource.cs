using System.Text.Json.Nodes;

namespace Peft.Declarative.Serving.Personas;

/// <summary>What generates the texts of a server: the model of this process, or the machines of a cluster.</summary>
internal interface ITextSource
{
    /// <summary>The personas that a request may name beside the base model.</summary>
    IReadOnlyList<string> Personas { get; }

    /// <summary>The number of requests that wait for a place.</summary>
    int Waiting { get; }

    /// <summary>Whether a request may name this.</summary>
    /// <param name="name">A persona, or the base model.</param>
    bool Has(string name);

    /// <summary>Waits for a place where a request is answered.</summary>
    /// <param name="job">The request.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The place, which is free again when it is disposed; <see langword="null"/> if too many requests wait.</returns>
    /// <exception cref="PeftException">The persona cannot be loaded.</exception>
    Task<ITextTurn?> EnterAsync(TextJob job, CancellationToken cancellation);

    /// <summary>Serves an adapter from its subdirectory, again if it was taken out of service.</summary>
    /// <exception cref="PeftException">The directory does not exist, is damaged or does not fit the model.</exception>
    Task LoadAsync(string name, CancellationToken cancellation);

    /// <summary>Takes an adapter out of service until it is loaded again. Requests that it answers go on.</summary>
    /// <returns>Whether there was one.</returns>
    Task<bool> UnloadAsync(string name);

    /// <summary>Adds to the state of this process what else there is to say.</summary>
    void Describe(JsonObject health)
    {
    }
}

/// <summary>The place of a request, where its texts are generated.</summary>
internal interface ITextTurn : IAsyncDisposable
{
    /// <summary>What the persona that answers is told before the prompt; <see langword="null"/> unless it is a text.</summary>
    string? Text { get; }

    /// <summary>Generates the texts, all at once.</summary>
    /// <param name="end">Gets the index and the end of each text, before its last piece.</param>
    /// <param name="cancellation">Ends the texts.</param>
    /// <returns>The index and a piece of its text; <see langword="null"/> after the last piece.</returns>
    IAsyncEnumerable<(int Choice, TextPiece? Piece)> GenerateAsync(Action<int, TextEnd> end, CancellationToken cancellation);
}

/// <summary>A request for texts.</summary>
/// <param name="Model">The persona, or the base model.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Settings">How to generate.</param>
/// <param name="TopLogProbabilities">The number of alternatives that are told of each token; <see langword="null"/> for no log-probabilities.</param>
/// <param name="Streams">Whether the pieces are passed on as they come, so that the request cannot be answered anew after the first one.</param>
internal sealed record TextJob(string Model, PersonaPrompt Prompt, GenerationOptions Settings, int? TopLogProbabilities = null, bool Streams = true)
{
    /// <summary>The indices of the texts that are wanted: one, unless something else is said.</summary>
    internal IReadOnlyList<int> Choices { get; init; } = [0];

    /// <summary>How to generate one of the texts. With one seed all would be the same.</summary>
    internal GenerationOptions SettingsOf(int choice) => Settings.Seed is { } seed ? Settings with { Seed = seed + choice } : Settings;
}

/// <summary>How a text ended.</summary>
/// <param name="Tokens">The number of tokens that were generated.</param>
/// <param name="ReachedLimit">Whether the limit of tokens ended it.</param>
/// <param name="CachedTokens">The number of tokens of the prompt that had been read for an earlier text.</param>
internal readonly record struct TextEnd(int Tokens, bool ReachedLimit, int CachedTokens);
