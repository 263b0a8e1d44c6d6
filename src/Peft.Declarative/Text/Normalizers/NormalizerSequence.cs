namespace Peft.Declarative.Text.Normalizers;

/// <summary>One normaliser after the other.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<INormalizer> steps) : INormalizer
{
    public bool DropsStart(string text)
    {
        foreach (INormalizer step in steps)
        {
            if (step.DropsStart(text))
            {
                return true;
            }

            text = step.Normalize(text);
        }

        return false;
    }

    public string Normalize(string text) => steps.Aggregate(text, (current, step) => step.Normalize(current));
}
