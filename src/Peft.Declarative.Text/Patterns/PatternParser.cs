namespace Peft.Declarative.Text.Patterns;

/// <summary>
/// Reads the pattern syntax of Oniguruma, which is what <c>tokenizer.json</c> is written in. .NET's own syntax differs where tokenizers
/// notice: nested brackets, intersections, what <c>\s</c>, <c>^</c> and <c>{1,3}+</c> mean, and letters above U+FFFF.
/// Back-references, recursion and absent groups do not occur in tokenizers and are refused.
/// </summary>
internal sealed class PatternParser
{
    private const int DeepestNesting = 100;
    private const int GreatestLength = 100_000;

    private readonly PatternReader reader;
    private int depth;

    private PatternParser(string pattern) => reader = new PatternReader(pattern);

    internal static PatternNode Parse(string pattern)
    {
        if (pattern.Length > GreatestLength)
        {
            throw new PatternSyntaxException(pattern[..40] + "…", 0, $"it has {pattern.Length:N0} characters, more than {GreatestLength:N0}");
        }

        var parser = new PatternParser(pattern);
        PatternNode tree = parser.Choice();
        return parser.reader.AtEnd ? tree : throw parser.reader.Error("there is a ')' too many");
    }

    private PatternNode Choice()
    {
        if (++depth > DeepestNesting)
        {
            throw reader.Error($"groups are nested deeper than {DeepestNesting} times");
        }

        (bool ignoreCase, bool dotAll, bool extended) = (reader.IgnoreCase, reader.DotAll, reader.Extended);
        List<PatternNode> alternatives = [Chain()];
        while (reader.Take("|"))
        {
            alternatives.Add(Chain());
        }

        (reader.IgnoreCase, reader.DotAll, reader.Extended) = (ignoreCase, dotAll, extended);
        depth--;
        return alternatives.Count == 1 ? alternatives[0] : new PatternNode.Choice(alternatives);
    }

    private PatternNode Chain()
    {
        List<PatternNode> parts = [];
        reader.SkipBlanksAndComments();
        while (!reader.AtEnd && reader.Peek is not ('|' or ')'))
        {
            PatternNode part = QuantifierParser.Quantify(reader, Atom());
            if (part is not PatternNode.Nothing)
            {
                parts.Add(part);
            }

            reader.SkipBlanksAndComments();
        }

        return parts.Count switch { 0 => new PatternNode.Nothing(), 1 => parts[0], _ => new PatternNode.Chain(parts) };
    }

    private PatternNode Atom()
    {
        int c = reader.NextCodePoint();
        return c switch
        {
            '(' => Group(),
            '[' => new PatternNode.OneOf(BracketParser.Parse(reader)),
            '.' => new PatternNode.OneOf(reader.DotAll ? CodePointSet.All : CodePointSet.Of('\n').Complement()),
            '^' => new PatternNode.At(Anchor.LineStart),
            '$' => new PatternNode.At(Anchor.LineEnd),
            '\\' => Escape(),
            '*' or '+' or '?' => throw reader.Error($"there is nothing before '{(char)c}' to repeat"),
            _ => Literal(c),
        };
    }

    private PatternNode.OneOf Literal(int c)
    {
        var set = CodePointSet.Of(c);
        return new PatternNode.OneOf(reader.IgnoreCase ? CaseFolding.Close(set) : set);
    }

    private PatternNode Escape()
    {
        if (EscapeParser.TryClass(reader, inBrackets: false) is { } set)
        {
            return new PatternNode.OneOf(set);
        }

        switch (reader.Peek)
        {
            case 'b': return Anchored(Anchor.WordBoundary);
            case 'B': return Anchored(Anchor.NotWordBoundary);
            case 'A': return Anchored(Anchor.TextStart);
            case 'z': return Anchored(Anchor.TextEnd);
            case 'Z': return Anchored(Anchor.TextEndOrLastNewline);
            case 'G': return Anchored(Anchor.SearchStart);
            case 'O': reader.NextCodePoint(); return new PatternNode.OneOf(CodePointSet.All);
            case 'N': reader.NextCodePoint(); return new PatternNode.OneOf(CodePointSet.Of('\n').Complement());
            case 'R': reader.NextCodePoint(); return LineBreak();
            case (>= '1' and <= '9') or 'k' or 'g' or 'K' or 'X' or 'y' or 'Y':
                throw reader.Error($"'\\{reader.Peek}' (back-references, calls, text segments) is not supported in tokenizer patterns");
            default: return Literal(EscapeParser.CodePoint(reader));
        }
    }

    private PatternNode.At Anchored(Anchor anchor)
    {
        reader.NextCodePoint();
        return new PatternNode.At(anchor);
    }

    private static PatternNode.Atomic LineBreak()
    {
        PatternNode pair = new PatternNode.Chain([new PatternNode.OneOf(CodePointSet.Of('\r')), new PatternNode.OneOf(CodePointSet.Of('\n'))]);
        var single = new PatternNode.OneOf(CodePointSet.OfRanges([('\n', '\r'), (0x85, 0x85), (0x2028, 0x2029)]));
        return new PatternNode.Atomic(new PatternNode.Choice([pair, single]));
    }

    private PatternNode Group()
    {
        if (!reader.Take("?"))
        {
            return Closed(Choice()); // nothing uses captures, so a plain group only groups
        }

        if (reader.Take("#"))
        {
            reader.Until(')');
            return new PatternNode.Nothing();
        }

        if (reader.Take(":"))
        {
            return Closed(Choice());
        }

        if (reader.Take(">"))
        {
            return new PatternNode.Atomic(Closed(Choice()));
        }

        foreach ((string sign, bool behind, bool negative) in new[] { ("=", false, false), ("!", false, true), ("<=", true, false), ("<!", true, true) })
        {
            if (reader.Take(sign))
            {
                return new PatternNode.Look(Closed(Choice()), behind, negative);
            }
        }

        if (reader.Take("<") || reader.Take("P<") || reader.Take("'"))
        {
            reader.While(c => c is not ('>' or '\''));
            reader.NextCodePoint();
            return Closed(Choice());
        }

        return Options();
    }

    // (?i) holds to the end of the group around it, (?i:…) for the group that it opens.
    private PatternNode Options()
    {
        (bool ignoreCase, bool dotAll, bool extended) = (reader.IgnoreCase, reader.DotAll, reader.Extended);
        bool on = true;
        while (reader.Peek is not (':' or ')'))
        {
            int letter = reader.NextCodePoint();
            switch (letter)
            {
                case '-': on = false; break;
                case 'i': reader.IgnoreCase = on; break;
                case 'm': reader.DotAll = on; break;
                case 'x': reader.Extended = on; break;
                default: throw reader.Error($"'(?{char.ConvertFromUtf32(letter)}' is no group that tokenizer patterns may use");
            }
        }

        bool opensGroup = reader.Take(":");
        if (!opensGroup)
        {
            reader.Require(")");
        }

        PatternNode body = Choice();
        (reader.IgnoreCase, reader.DotAll, reader.Extended) = (ignoreCase, dotAll, extended);
        return opensGroup ? Closed(body) : body;
    }

    private PatternNode Closed(PatternNode body)
    {
        reader.Require(")");
        return body;
    }
}
