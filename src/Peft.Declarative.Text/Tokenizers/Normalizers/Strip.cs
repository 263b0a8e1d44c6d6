using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>Takes white space away at either end.</summary>
internal sealed class Strip(bool left, bool right) : INormalizer
{
    public int UnitsOfStart(string text, int units) => Math.Max(0, units - Start(text));

    public string Normalize(string text)
    {
        int start = Start(text);
        int end = text.Length;
        while (right && end > start && CodePoints.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    private int Start(string text)
    {
        int start = 0;
        while (left && start < text.Length && CodePoints.IsWhiteSpace(text[start]))
        {
            start++;
        }

        return start;
    }
}
