using System.CommandLine;

namespace Peft.Declarative.App.Commands;

/// <summary>The options for generation. They override the defaults in the files of the model.</summary>
internal sealed class SamplingOptions
{
    private readonly Option<int?> _length = ValueOption.Number<int>("--max-new-tokens", "Maximum number of tokens to generate. Default: 256.", least: 1);

    private readonly Option<double?> _temperature = ValueOption.Number<double>(
        "--temperature", "0 selects the most likely token; higher values give more varied text. Default: the model's own.", least: 0.0);

    private readonly Option<double?> _topP = ValueOption.Number<double>("--top-p", "Samples from the most likely tokens with this total probability.", 0.0001, 1.0);
    private readonly Option<int?> _topK = ValueOption.Number<int>("--top-k", "Samples from this number of most likely tokens; 0 for all.", least: 0);
    private readonly Option<double?> _presence = ValueOption.Number<double>(
        "--presence-penalty", "Subtracted from the scores of tokens that have already occurred.", -2.0, 2.0);
    private readonly Option<double?> _frequency = ValueOption.Number<double>(
        "--frequency-penalty", "Subtracted from the score of a token for each time that it has occurred.", -2.0, 2.0);
    private readonly Option<bool> _ignoreEnd = new("--ignore-eos") { Description = "Continues after the token that ends a text." };

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

        // A temperature or a sampling limit on the command line enables sampling, regardless of the model's files. The temperature 0 disables it.
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
