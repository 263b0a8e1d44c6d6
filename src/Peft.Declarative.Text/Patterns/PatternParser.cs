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

    private readonly PatternReader _reader;
    private int _depth;

    private PatternParser(string pattern) => _reader = new PatternReader(pattern);

    internal static PatternNode Parse(string pattern)
    {
        if (pattern.Length > GreatestLength)
        {
            throw new PatternSyntaxException(pattern[..40] + "…", 0, FormattableString.Invariant($"it has {pattern.Length:N0} characters, more than {GreatestLength:N0}"));
        }

        var parser = new PatternParser(pattern);
        PatternNode tree = parser.Choice();
        return parser._reader.AtEnd ? tree : throw parser._reader.Error("there is a ')' too many");
    }

    private PatternNode Choice()
    {
        if (++_depth > DeepestNesting)
        {
            throw _reader.Error($"groups are nested deeper than {DeepestNesting} times");
        }

        (bool ignoreCase, bool dotAll, bool extended) = (_reader.IgnoreCase, _reader.DotAll, _reader.Extended);
        List<PatternNode> alternatives = [Chain()];
        while (_reader.Take("|"))
        {
            alternatives.Add(Chain());
        }

        (_reader.IgnoreCase, _reader.DotAll, _reader.Extended) = (ignoreCase, dotAll, extended);
        _depth--;
        return alternatives.Count == 1 ? alternatives[0] : new PatternNode.Choice(alternatives);
    }

    private PatternNode Chain()
    {
        List<PatternNode> parts = [];
        _reader.SkipBlanksAndComments();
        while (!_reader.AtEnd && _reader.Peek is not ('|' or ')'))
        {
            PatternNode part = QuantifierParser.Quantify(_reader, Atom());
            if (part is not PatternNode.Nothing)
            {
                parts.Add(part);
            }

            _reader.SkipBlanksAndComments();
        }

        return parts.Count switch { 0 => new PatternNode.Nothing(), 1 => parts[0], _ => new PatternNode.Chain(parts) };
    }

    private PatternNode Atom()
    {
        int c = _reader.NextCodePoint();
        return c switch
        {
            '(' => Group(),
            '[' => new PatternNode.OneOf(BracketParser.Parse(_reader)),
            '.' => new PatternNode.OneOf(_reader.DotAll ? CodePointSet.All : CodePointSet.Of('\n').Complement()),
            '^' => new PatternNode.At(Anchor.LineStart),
            '$' => new PatternNode.At(Anchor.LineEnd),
            '\\' => Escape(),
            '*' or '+' or '?' => throw _reader.Error($"there is nothing before '{(char)c}' to repeat"),
            _ => Literal(c),
        };
    }

    private PatternNode.OneOf Literal(int c)
    {
        var set = CodePointSet.Of(c);
        return new PatternNode.OneOf(_reader.IgnoreCase ? CaseFolding.Close(set) : set);
    }

    private PatternNode Escape()
    {
        if (EscapeParser.TryClass(_reader, inBrackets: false) is { } set)
        {
            return new PatternNode.OneOf(set);
        }

        switch (_reader.Peek)
        {
            case 'b': return Anchored(Anchor.WordBoundary);
            case 'B': return Anchored(Anchor.NotWordBoundary);
            case 'A': return Anchored(Anchor.TextStart);
            case 'z': return Anchored(Anchor.TextEnd);
            case 'Z': return Anchored(Anchor.TextEndOrLastNewline);
            case 'G': return Anchored(Anchor.SearchStart);
            case 'O': _reader.NextCodePoint(); return new PatternNode.OneOf(CodePointSet.All);
            case 'N': _reader.NextCodePoint(); return new PatternNode.OneOf(CodePointSet.Of('\n').Complement());
            case 'R': _reader.NextCodePoint(); return LineBreak();
            case (>= '1' and <= '9') or 'k' or 'g' or 'K' or 'X' or 'y' or 'Y':
                throw _reader.Error($"'\\{_reader.Peek}' (back-references, calls, text segments) is not supported in tokenizer patterns");
            default: return Literal(EscapeParser.CodePoint(_reader));
        }
    }

    private PatternNode.At Anchored(Anchor anchor)
    {
        _reader.NextCodePoint();
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
        if (!_reader.Take("?"))
        {
            return Closed(Choice()); // nothing uses captures, so a plain group only groups
        }

        if (_reader.Take("#"))
        {
            _reader.Until(')');
            return new PatternNode.Nothing();
        }

        if (_reader.Take(":"))
        {
            return Closed(Choice());
        }

        if (_reader.Take(">"))
        {
            return new PatternNode.Atomic(Closed(Choice()));
        }

        foreach ((string sign, bool behind, bool negative) in new[] { ("=", false, false), ("!", false, true), ("<=", true, false), ("<!", true, true) })
        {
            if (_reader.Take(sign))
            {
                return new PatternNode.Look(Closed(Choice()), behind, negative);
            }
        }

        if (_reader.Take("<") || _reader.Take("P<") || _reader.Take("'"))
        {
            _reader.While(c => c is not ('>' or '\''));
            _reader.NextCodePoint();
            return Closed(Choice());
        }

        return Options();
    }

    // (?i) holds to the end of the group around it, (?i:…) for the group that it opens.
    private PatternNode Options()
    {
        (bool ignoreCase, bool dotAll, bool extended) = (_reader.IgnoreCase, _reader.DotAll, _reader.Extended);
        bool on = true;
        while (_reader.Peek is not (':' or ')'))
        {
            int letter = _reader.NextCodePoint();
            switch (letter)
            {
                case '-': on = false; break;
                case 'i': _reader.IgnoreCase = on; break;
                case 'm': _reader.DotAll = on; break;
                case 'x': _reader.Extended = on; break;
                default: throw _reader.Error($"'(?{char.ConvertFromUtf32(letter)}' is no group that tokenizer patterns may use");
            }
        }

        bool opensGroup = _reader.Take(":");
        if (!opensGroup)
        {
            _reader.Require(")");
        }

        PatternNode body = Choice();
        (_reader.IgnoreCase, _reader.DotAll, _reader.Extended) = (ignoreCase, dotAll, extended);
        return opensGroup ? Closed(body) : body;
    }

    private PatternNode Closed(PatternNode body)
    {
        _reader.Require(")");
        return body;
    }
}
