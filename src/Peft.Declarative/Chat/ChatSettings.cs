using Microsoft.Extensions.AI;
using Peft.Declarative.Generation;

namespace Peft.Declarative.Chat;

/// <summary>Combines the options of a call with those of the model's files.</summary>
internal static class ChatSettings
{
    internal static GenerationOptions Apply(GenerationOptions defaults, ChatOptions? options)
    {
        if (options is null)
        {
            return defaults;
        }

        // A temperature or a limit for sampling implies sampling; a temperature of 0 selects the most likely token.
        bool asked = options.Temperature is not null || options.TopP is not null || options.TopK is not null;
        return defaults with
        {
            MaxNewTokens = options.MaxOutputTokens ?? defaults.MaxNewTokens,
            DoSample = asked ? options.Temperature != 0 : defaults.DoSample,
            Temperature = options.Temperature is { } temperature && temperature != 0 ? temperature : defaults.Temperature,
            TopP = options.TopP ?? defaults.TopP,
            TopK = options.TopK ?? defaults.TopK,
            PresencePenalty = options.PresencePenalty ?? defaults.PresencePenalty,
            FrequencyPenalty = options.FrequencyPenalty ?? defaults.FrequencyPenalty,
            Seed = options.Seed ?? defaults.Seed,
            StopStrings = options.StopSequences is { Count: > 0 } stops ? [.. stops] : defaults.StopStrings,
        };
    }
}
