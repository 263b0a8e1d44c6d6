namespace Peft.Declarative.Text.Patterns;

/// <summary>Reads a bracketed set, with Oniguruma's nested sets, <c>&amp;&amp;</c> and <c>[:posix:]</c> names.</summary>
internal static class BracketParser
{
    private const int DeepestNesting = 20;

    /// <summary>Reads from after the opening bracket to after the closing one.</summary>
    internal static CodePointSet Parse(PatternReader reader, int depth = 0)
    {
        if (depth > DeepestNesting)
        {
            throw reader.Error($"brackets are nested deeper than {DeepestNesting} times");
        }

        bool negated = reader.Take("^");
        CodePointSet? intersection = null;
        List<(int, int)> members = [];
        bool first = true;
        while (first || !reader.Take("]"))
        {
            if (reader.AtEnd)
            {
                throw reader.Error("']' is missing");
            }

            if (reader.Take("&&"))
            {
                intersection = Meet(intersection, members);
                members = [];
            }
            else
            {
                AddMember(reader, members, depth);
            }

            first = false; // a ']' that comes first is literal
        }

        CodePointSet set = Fold(reader, Meet(intersection, members));
        return negated ? set.Complement() : set;
    }

    private static CodePointSet Meet(CodePointSet? intersection, List<(int, int)> members)
    {
        CodePointSet set = CodePointSet.OfRanges(members);
        return intersection?.Intersect(set) ?? set;
    }

    private static CodePointSet Fold(PatternReader reader, CodePointSet set) => reader.IgnoreCase ? CaseFolding.Close(set) : set;

    private static void AddMember(PatternReader reader, List<(int, int)> members, int depth)
    {
        if (reader.Take("[:"))
        {
            members.AddRange(Posix(reader).Ranges);
            return;
        }

        if (reader.Take("["))
        {
            members.AddRange(Parse(reader, depth + 1).Ranges);
            return;
        }

        if (Single(reader, members) is not { } low)
        {
            return;
        }

        int beforeDash = reader.Position;
        if (!reader.Take("-"))
        {
            members.Add((low, low));
            return;
        }

        List<(int, int)> afterDash = [];
        if (reader.Peek is ']' or '[' || Single(reader, afterDash) is not { } high)
        {
            reader.Return(beforeDash); // the hyphen is a member of its own
            members.Add((low, low));
            AddHyphen(reader, members);
            return;
        }

        members.Add(high >= low ? (low, high) : throw reader.Error("the range ends before it starts"));
    }

    private static void AddHyphen(PatternReader reader, List<(int, int)> members)
    {
        reader.Require("-");
        members.Add(('-', '-'));
    }

    // One code point, or null after a class escape, whose members have been added.
    private static int? Single(PatternReader reader, List<(int, int)> members)
    {
        if (!reader.Take("\\"))
        {
            return reader.NextCodePoint();
        }

        if (EscapeParser.TryClass(reader, inBrackets: true) is { } set)
        {
            members.AddRange(set.Ranges);
            return null;
        }

        return reader.Take("b") ? '\b' : EscapeParser.CodePoint(reader);
    }

    private static CodePointSet Posix(PatternReader reader)
    {
        bool negated = reader.Take("^");
        string name = reader.Until(':');
        reader.Require("]");
        CodePointSet set = (name == "punct" ? UnicodeProperties.PosixPunctuation : UnicodeProperties.Find(name))
            ?? throw reader.Error($"[:{name}:] is no known class");
        return negated ? set.Complement() : set;
    }
}
