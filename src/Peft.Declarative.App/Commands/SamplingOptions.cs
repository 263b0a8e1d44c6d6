using System.CommandLine;
using Peft.Declarative.Generation;

namespace Peft.Declarative.App.Commands;

/// <summary>How text is drawn, from the command line over what the model's own files say.</summary>
internal sealed class SamplingOptions
{
    private readonly Option<int?> _length = AppOptions.Number("--max-new-tokens", "Most tokens to generate; 256 unless set.", least: 1);

    private readonly Option<double?> _temperature = AppOptions.Number(
        "--temperature", "0 takes the most likely token; more is more varied. The model's own unless set.", least: 0.0);

    private readonly Option<double?> _topP = AppOptions.Number("--top-p", "Draws among the likeliest tokens of this probability together.", 0.0, 1.0);
    private readonly Option<int?> _topK = AppOptions.Number("--top-k", "Draws among this many likeliest tokens; 0 for all.", least: 0);
    private readonly Option<double?> _presence = AppOptions.Number("--presence-penalty", "Taken off the score of what was written already.", -2.0, 2.0);
    private readonly Option<double?> _frequency = AppOptions.Number("--frequency-penalty", "The same, for each time that it was written.", -2.0, 2.0);
    private readonly Option<bool> _ignoreEnd = new("--ignore-eos") { Description = "Goes on after the token that ends a text." };

    internal void AddTo(Command command)
    {
        command.Add(_length);
        command.Add(_temperature);
        command.Add(_topP);
        command.Add(_topK);
        command.Add(_presence);
        command.Add(_frequency);
        command.Add(_ignoreEnd);
    }

    internal GenerationOptions Apply(GenerationOptions defaults, ParseResult arguments, int? seed)
    {
        double? temperature = arguments.GetValue(_temperature);
        double? topP = arguments.GetValue(_topP);
        int? topK = arguments.GetValue(_topK);

        // Who names a temperature or a limit on what is drawn wants drawing, whatever the model's file says; 0 means the likeliest.
        bool asked = temperature is not null || topP is not null || topK is not null;
        return defaults with
        {
            MaxNewTokens = arguments.GetValue(_length) ?? defaults.MaxNewTokens,
            DoSample = asked ? temperature != 0.0 : defaults.DoSample,
            Temperature = temperature is > 0.0 and { } value ? value : defaults.Temperature,
            TopP = topP ?? defaults.TopP,
            TopK = topK ?? defaults.TopK,
            PresencePenalty = arguments.GetValue(_presence) ?? defaults.PresencePenalty,
            FrequencyPenalty = arguments.GetValue(_frequency) ?? defaults.FrequencyPenalty,
            EosTokenIds = arguments.GetValue(_ignoreEnd) ? [] : defaults.EosTokenIds,
            Seed = seed ?? defaults.Seed,
        };
    }
}
