using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Normalizers;

/// <summary>Takes white space away at either end.</summary>
internal sealed class Strip(bool left, bool right) : INormalizer
{
    public bool DropsStart(string text) => left && text.Length > 0 && CodePoints.IsWhiteSpace(text[0]);

    public string Normalize(string text)
    {
        int start = 0;
        int end = text.Length;
        while (left && start < end && CodePoints.IsWhiteSpace(text[start]))
        {
            start++;
        }

        while (right && end > start && CodePoints.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }
}
