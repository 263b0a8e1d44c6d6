using Peft.Declarative.Text.Patterns;
using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers.PreTokenizers;

/// <summary>What happens to the matches at which text is cut. The names are those of Hugging Face tokenizers.</summary>
internal enum SplitBehavior
{
    /// <summary>They disappear.</summary>
    Removed,

    /// <summary>Each is a pre-token of its own.</summary>
    Isolated,

    /// <summary>Each ends the pre-token before it.</summary>
    MergedWithPrevious,

    /// <summary>Each begins the pre-token after it.</summary>
    MergedWithNext,

    /// <summary>Neighbouring ones are one pre-token.</summary>
    Contiguous,
}

/// <summary>Joins matches and the text between them into pre-tokens, by one of the five behaviours.</summary>
internal static class PreTokenSplitter
{
    private static readonly Dictionary<string, SplitBehavior> Behaviors = Enum.GetValues<SplitBehavior>().ToDictionary(b => b.ToString());

    internal static SplitBehavior ReadBehavior(JsonSection section, SplitBehavior? otherwise = null)
    {
        if (section.IsNull && otherwise is { } given)
        {
            return given;
        }

        return Behaviors.TryGetValue(section.AsText(), out SplitBehavior behavior)
            ? behavior
            : throw section.Error($"is '{section.AsText()}'; known are {string.Join(", ", Behaviors.Keys)}.");
    }

    /// <summary>Splits one pre-token and appends its parts.</summary>
    internal static void Split(PreToken preToken, List<PatternSegment> segments, SplitBehavior behavior, List<PreToken> into)
    {
        int start = -1;
        for (int i = 0; i < segments.Count; i++)
        {
            start = start < 0 ? segments[i].Start : start;
            if (i + 1 < segments.Count && Joins(segments[i], segments[i + 1], behavior))
            {
                continue;
            }

            if (behavior != SplitBehavior.Removed || !segments[i].IsMatch)
            {
                Append(preToken, start, segments[i].End, into);
            }

            start = -1;
        }
    }

    private static bool Joins(PatternSegment segment, PatternSegment next, SplitBehavior behavior) => behavior switch
    {
        SplitBehavior.MergedWithPrevious => next.IsMatch && !segment.IsMatch,
        SplitBehavior.MergedWithNext => segment.IsMatch && !next.IsMatch,
        SplitBehavior.Contiguous => next.IsMatch == segment.IsMatch,
        _ => false,
    };

    private static void Append(PreToken preToken, int start, int end, List<PreToken> into)
    {
        if (end > start)
        {
            into.Add(preToken.Slice(start, end));
        }
    }
}
