namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>One normaliser after the other.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<INormalizer> steps) : INormalizer
{
    public int UnitsOfStart(string text, int units)
    {
        foreach (INormalizer step in steps)
        {
            units = step.UnitsOfStart(text, units);
            text = step.Normalize(text);
            units = Whole(text, Math.Min(units, text.Length));
        }

        return units;
    }

    public string Normalize(string text) => steps.Aggregate(text, (current, step) => step.Normalize(current));

    // A step may join what it makes of the start with what follows, and the next must not see half a surrogate pair.
    private static int Whole(string text, int units) => units > 0 && units < text.Length && char.IsHighSurrogate(text[units - 1]) ? units + 1 : units;
}
