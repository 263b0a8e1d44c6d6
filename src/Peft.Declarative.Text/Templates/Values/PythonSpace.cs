namespace Peft.Declarative.Text.Templates.Values;

/// <summary>What Python counts as white space: Unicode's, and the four ASCII separators.</summary>
internal static class PythonSpace
{
    internal static bool Is(char c) => char.IsWhiteSpace(c) || c is >= '\x1C' and <= '\x1F';

    internal static string TrimEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && Is(text[end - 1]))
        {
            end--;
        }

        return text[..end];
    }
}
