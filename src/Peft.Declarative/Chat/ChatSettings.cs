using Microsoft.Extensions.AI;
using Peft.Declarative.Generation;

namespace Peft.Declarative.Chat;

/// <summary>What a call asks for, over what the model's own files say.</summary>
internal static class ChatSettings
{
    internal static GenerationOptions Apply(GenerationOptions defaults, ChatOptions? options)
    {
        if (options is null)
        {
            return defaults;
        }

        // Who names a temperature or a limit on what is drawn wants drawing; 0 means the likeliest.
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
