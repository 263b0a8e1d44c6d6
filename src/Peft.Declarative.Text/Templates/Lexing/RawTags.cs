using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Lexing;

/// <summary>Finds the tags of a raw section, which are not ordinary blocks: nothing between them is parsed.</summary>
internal static class RawTags
{
    /// <summary>Position after <c>raw %}</c>, or -1; <paramref name="at"/> is just after <c>{%</c> and its sign.</summary>
    internal static int MatchBegin(string source, int at, out char sign)
    {
        at = MatchWord(source, at, "raw");
        sign = ' ';
        if (at >= 0 && at < source.Length && source[at] == '-')
        {
            sign = source[at++];
        }

        return at >= 0 && Starts(source, at, "%}") ? at + 2 : -1;
    }

    /// <summary>The next <c>{% endraw %}</c> with its signs; its start is -1 if there is none.</summary>
    internal static (int Begin, char SignBefore, int End, char SignAfter) FindEnd(string source, int from)
    {
        int begin = from - 1;
        while ((begin = source.IndexOf("{%", begin + 1, StringComparison.Ordinal)) >= 0)
        {
            int at = begin + 2;
            char before = at < source.Length && source[at] is '-' or '+' ? source[at++] : ' ';
            at = MatchWord(source, at, "endraw");
            if (at < 0)
            {
                continue;
            }

            char after = at < source.Length && source[at] is '-' or '+' ? source[at++] : ' ';
            if (Starts(source, at, "%}"))
            {
                return (begin, before, at + 2, after);
            }
        }

        return (-1, ' ', -1, ' ');
    }

    private static int MatchWord(string source, int at, string word)
    {
        at = SkipSpace(source, at);
        return Starts(source, at, word) ? SkipSpace(source, at + word.Length) : -1;
    }

    private static int SkipSpace(string source, int at)
    {
        while (at < source.Length && PythonSpace.Is(source[at]))
        {
            at++;
        }

        return at;
    }

    private static bool Starts(string source, int at, string text) => string.CompareOrdinal(source, at, text, 0, text.Length) == 0;
}
