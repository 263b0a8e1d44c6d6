namespace Peft.Declarative.Text.Patterns;

/// <summary>The characters of a pattern, one after the other, with the options that hold at the moment.</summary>
internal sealed class PatternReader(string pattern)
{
    internal int Position { get; private set; }

    internal bool AtEnd => Position >= pattern.Length;

    /// <summary>Option <c>(?i)</c>.</summary>
    internal bool IgnoreCase { get; set; }

    /// <summary>Option <c>(?m)</c> of Oniguruma: the dot takes line feeds too.</summary>
    internal bool DotAll { get; set; }

    /// <summary>Option <c>(?x)</c>: blanks and comments in the pattern mean nothing.</summary>
    internal bool Extended { get; set; }

    internal char Peek => AtEnd ? '\0' : pattern[Position];

    /// <summary>Whether the character at an offset from here is the given one.</summary>
    internal bool Follows(int offset, char sign) => Position + offset < pattern.Length && pattern[Position + offset] == sign;

    internal int NextCodePoint()
    {
        if (AtEnd)
        {
            throw Error("it ends too early");
        }

        int c = CodePoints.At(pattern, Position, out int units);
        Position += units;
        return c;
    }

    internal bool Take(string expected)
    {
        if (string.CompareOrdinal(pattern, Position, expected, 0, expected.Length) != 0)
        {
            return false;
        }

        Position += expected.Length;
        return true;
    }

    internal void Require(string expected)
    {
        if (!Take(expected))
        {
            throw Error($"'{expected}' is missing");
        }
    }

    /// <summary>Everything up to <paramref name="end"/>, which is taken too.</summary>
    internal string Until(char end)
    {
        int stop = pattern.IndexOf(end, Position);
        if (stop < 0)
        {
            throw Error($"'{end}' is missing");
        }

        string text = pattern[Position..stop];
        Position = stop + 1;
        return text;
    }

    /// <summary>As many characters as <paramref name="accept"/> allows, at most <paramref name="most"/>.</summary>
    internal string While(Func<char, bool> accept, int most = int.MaxValue)
    {
        int start = Position;
        while (!AtEnd && Position - start < most && accept(pattern[Position]))
        {
            Position++;
        }

        return pattern[start..Position];
    }

    internal void SkipBlanksAndComments()
    {
        while (Extended && !AtEnd)
        {
            if (char.IsWhiteSpace(Peek))
            {
                Position++;
            }
            else if (Take("#"))
            {
                While(c => c != '\n');
            }
            else
            {
                return;
            }
        }
    }

    internal void Return(int position) => Position = position;

    internal PatternSyntaxException Error(string problem) => new(pattern, Math.Min(Position, Math.Max(0, pattern.Length - 1)), problem);
}
