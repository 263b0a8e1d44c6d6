using Peft.Declarative.Text.Tokenizers.Loading;
using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.PreTokenizers;

/// <summary>Joins matches and the text between them into pieces, by one of the five behaviours.</summary>
internal static class PieceCutter
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

    /// <summary>Appends the pieces of one piece.</summary>
    internal static void Cut(TextPiece piece, List<Stretch> stretches, SplitBehavior behavior, List<TextPiece> into)
    {
        int start = -1;
        for (int i = 0; i < stretches.Count; i++)
        {
            start = start < 0 ? stretches[i].Start : start;
            if (i + 1 < stretches.Count && Joins(stretches[i], stretches[i + 1], behavior))
            {
                continue;
            }

            if (behavior != SplitBehavior.Removed || !stretches[i].IsMatch)
            {
                Append(piece, start, stretches[i].End, into);
            }

            start = -1;
        }
    }

    private static bool Joins(Stretch stretch, Stretch next, SplitBehavior behavior) => behavior switch
    {
        SplitBehavior.MergedWithPrevious => next.IsMatch && !stretch.IsMatch,
        SplitBehavior.MergedWithNext => stretch.IsMatch && !next.IsMatch,
        SplitBehavior.Contiguous => next.IsMatch == stretch.IsMatch,
        _ => false,
    };

    private static void Append(TextPiece piece, int start, int end, List<TextPiece> into)
    {
        if (end > start)
        {
            into.Add(piece.Slice(start, end));
        }
    }
}
