using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans;
using Peft.Declarative.Serving.Personas;

namespace Peft.Declarative.Orleans.Answers;

/// <summary>A request on its way between silos.</summary>
[GenerateSerializer, Immutable, Alias("peft.request")]
internal sealed record AnswerRequest
{
    // A bias may be minus infinity.
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>The persona, or the base model.</summary>
    [Id(0)]
    public required string Model { get; init; }

    /// <summary>The prompt.</summary>
    [Id(1)]
    public required int[] PromptIds { get; init; }

    /// <summary>How to generate, as JSON, so that silos of two versions understand each other.</summary>
    [Id(2)]
    public required string Settings { get; init; }

    /// <summary>The number of alternatives that are told of each token.</summary>
    [Id(3)]
    public int? TopLogProbabilities { get; init; }

    /// <summary>The indices of the texts.</summary>
    [Id(4)]
    public required int[] Choices { get; init; }

    /// <summary>Whether the client gets the pieces as they come.</summary>
    [Id(5)]
    public bool Streams { get; init; }

    /// <summary>What the persona is told before the prompt, and the prompt begins with; <see langword="null"/> unless it is a text.</summary>
    [Id(6)]
    public string? Text { get; init; }

    internal static AnswerRequest Of(TextJob job, string? text) => new()
    {
        Model = job.Model,
        PromptIds = [.. job.Prompt.After(text)],
        Settings = JsonSerializer.Serialize(job.Settings, Json),
        TopLogProbabilities = job.TopLogProbabilities,
        Choices = [.. job.Choices],
        Streams = job.Streams,
        Text = text,
    };

    internal TextJob Job() => new(Model, new PersonaPrompt(Text, PromptIds), JsonSerializer.Deserialize<GenerationOptions>(Settings, Json)!, TopLogProbabilities, Streams) { Choices = Choices };
}
