using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generation;

/// <summary>Checks options, and reports all problems at once.</summary>
internal static class GenerationOptionsCheck
{
    /// <summary>Checks options and returns them, with a temperature of 0 as what it means: the most likely tokens.</summary>
    /// <exception cref="PeftException">PEFT801: options are out of range or contradict each other.</exception>
    internal static GenerationOptions Run(GenerationOptions options, int vocabularySize)
    {
        options = options.Temperature == 0 ? options with { DoSample = false, Temperature = 1 } : options;
        List<string> problems = [.. Ranges(options), .. Combinations(options), .. Ids(options, vocabularySize)];
        if (problems.Count > 0)
        {
            throw new PeftException(RuleIds.GenerationOptionsOutOfRange, $"Text cannot be generated with these options: {ProblemList.Of(problems)}. Change them.");
        }

        return options;
    }

    private static IEnumerable<string> Ranges(GenerationOptions o)
    {
        (bool Holds, string Problem)[] rules =
        [
            (o.MaxNewTokens is null or > 0, $"MaxNewTokens is {o.MaxNewTokens}, but must be at least 1"),
            (o.MaxLength is null or > 0, $"MaxLength is {o.MaxLength}, but must be at least 1"),
            (o.NumReturnSequences > 0, $"NumReturnSequences is {o.NumReturnSequences}, but must be at least 1"),
            (o.NumBeams > 0, $"NumBeams is {o.NumBeams}, but must be at least 1"),
            (o.Temperature >= 0 && double.IsFinite(o.Temperature),
                FormattableString.Invariant($"Temperature is {o.Temperature}, but must not be negative; 0 takes the most likely token")),
            (o.TopK >= 0, $"TopK is {o.TopK}, but must be at least 1, or 0 for all"),
            (o.TopP is > 0 and <= 1, FormattableString.Invariant($"TopP is {o.TopP}, but must be above 0 and at most 1")),
            (o.MinP is >= 0 and <= 1, FormattableString.Invariant($"MinP is {o.MinP}, but must be from 0 to 1")),
            (o.TypicalP is > 0 and <= 1, FormattableString.Invariant($"TypicalP is {o.TypicalP}, but must be above 0 and at most 1")),
            (o.EpsilonCutoff is >= 0 and < 1, FormattableString.Invariant($"EpsilonCutoff is {o.EpsilonCutoff}, but must be at least 0 and below 1")),
            (o.EtaCutoff is >= 0 and < 1, FormattableString.Invariant($"EtaCutoff is {o.EtaCutoff}, but must be at least 0 and below 1")),
            (o.RepetitionPenalty > 0, FormattableString.Invariant($"RepetitionPenalty is {o.RepetitionPenalty}, but must be above 0")),
            (double.IsFinite(o.PresencePenalty), FormattableString.Invariant($"PresencePenalty is {o.PresencePenalty}, but must be a number; from -2 to 2 is usual")),
            (double.IsFinite(o.FrequencyPenalty), FormattableString.Invariant($"FrequencyPenalty is {o.FrequencyPenalty}, but must be a number; from -2 to 2 is usual")),
            (o.EncoderRepetitionPenalty > 0, FormattableString.Invariant($"EncoderRepetitionPenalty is {o.EncoderRepetitionPenalty}, but must be above 0")),
            (o.NoRepeatNgramSize >= 0, $"NoRepeatNgramSize is {o.NoRepeatNgramSize}, but must not be negative"),
            (o.EncoderNoRepeatNgramSize >= 0, $"EncoderNoRepeatNgramSize is {o.EncoderNoRepeatNgramSize}, but must not be negative"),
            (o.PenaltyAlpha is >= 0 and <= 1, FormattableString.Invariant($"PenaltyAlpha is {o.PenaltyAlpha}, but must be from 0 to 1")),
            (o.PromptLookupNumTokens >= 0, $"PromptLookupNumTokens is {o.PromptLookupNumTokens}, but must not be negative"),
            (o.MaxMatchingNgramSize > 0, $"MaxMatchingNgramSize is {o.MaxMatchingNgramSize}, but must be at least 1"),
            (o.StopStrings.All(text => text.Length > 0), "one of StopStrings is empty"),
            (o.BadWordsIds.All(ids => ids.Count > 0), "one of BadWordsIds is empty"),
            (o.SequenceBias.All(bias => bias.Ids.Count > 0), "one of SequenceBias has no ids"),
        ];
        return rules.Where(rule => !rule.Holds).Select(rule => rule.Problem);
    }

    private static IEnumerable<string> Combinations(GenerationOptions o)
    {
        (bool Holds, string Problem)[] rules =
        [
            (o.NumBeamGroups > 0 && o.NumBeams % Math.Max(o.NumBeamGroups, 1) == 0,
                $"NumBeamGroups is {o.NumBeamGroups}, but must divide NumBeams {o.NumBeams}"),
            (o.NumBeamGroups <= 1 || !o.DoSample, "DoSample cannot be combined with NumBeamGroups"),
            (o.NumBeamGroups <= 1 || o.DiversityPenalty > 0, FormattableString.Invariant($"DiversityPenalty is {o.DiversityPenalty}, but groups differ only if it is above 0")),
            (o.DiversityPenalty == 0 || o.NumBeamGroups > 1, "DiversityPenalty needs NumBeamGroups above 1"),
            (o.NumReturnSequences <= o.NumBeams || (o.DoSample && o.NumBeams == 1),
                $"NumReturnSequences is {o.NumReturnSequences}, but needs DoSample or as many beams"),
            (o.GuidanceScale == 1 || o.NumBeams == 1, "GuidanceScale cannot be combined with NumBeams"),
            (o.PenaltyAlpha == 0 || (o.NumBeams == 1 && !o.DoSample && o.TopK > 1 && o.UseCache),
                "PenaltyAlpha needs TopK above 1 and UseCache, and neither NumBeams nor DoSample"),
            (o.MaxNewTokens is null || o.MinNewTokens <= o.MaxNewTokens, $"MinNewTokens {o.MinNewTokens} is above MaxNewTokens {o.MaxNewTokens}"),
        ];
        return rules.Where(rule => !rule.Holds).Select(rule => rule.Problem);
    }

    // An id outside the vocabulary would access memory out of range. A GPU reports that late, and cannot be used afterwards.
    private static IEnumerable<string> Ids(GenerationOptions o, int vocabularySize)
    {
        IEnumerable<(string Name, IEnumerable<int> Ids)> lists =
        [
            (nameof(o.EosTokenIds), o.EosTokenIds ?? []),
            (nameof(o.PadTokenId), o.PadTokenId is { } pad ? [pad] : []),
            (nameof(o.ForcedBosTokenId), o.ForcedBosTokenId is { } bos ? [bos] : []),
            (nameof(o.ForcedEosTokenIds), o.ForcedEosTokenIds),
            (nameof(o.SuppressTokens), o.SuppressTokens),
            (nameof(o.BeginSuppressTokens), o.BeginSuppressTokens),
            (nameof(o.BadWordsIds), o.BadWordsIds.SelectMany(ids => ids)),
            (nameof(o.SequenceBias), o.SequenceBias.SelectMany(bias => bias.Ids)),
        ];
        return
            from list in lists
            from id in list.Ids
            where id < 0 || id >= vocabularySize
            select $"{list.Name} holds {id}, but ids go from 0 to {vocabularySize - 1}";
    }
}
