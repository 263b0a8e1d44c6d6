using System.Globalization;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Lexing;

/// <summary>Reads the tokens inside one tag.</summary>
internal sealed class ExpressionLexer(string source, int position, int line, List<Token> tokens)
{
    private static readonly string[] Operators =
    [
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";",
    ];

    private readonly Stack<char> _open = new();

    internal int Position { get; private set; } = position;

    internal int Line { get; private set; } = line;

    /// <summary>Reads up to and including the end of the tag.</summary>
    /// <param name="end">The end, which counts only where all brackets are closed.</param>
    /// <param name="signs">Signs that may precede it.</param>
    /// <returns>The sign that was found, or a space.</returns>
    internal char ReadUntil(string end, string signs)
    {
        while (Position < source.Length)
        {
            if (_open.Count == 0)
            {
                if (StartsWith(end, Position))
                {
                    Position += end.Length;
                    return ' ';
                }

                if (signs.Contains(source[Position]) && StartsWith(end, Position + 1))
                {
                    Position += end.Length + 1;
                    return source[Position - end.Length - 1];
                }
            }

            ReadToken();
        }

        throw new TemplateException(Line, $"'{end}' is missing");
    }

    private void ReadToken()
    {
        char c = source[Position];
        if (PythonSpace.Is(c))
        {
            Line += c == '\n' ? 1 : 0;
            Position++;
        }
        else if (char.IsAsciiDigit(c))
        {
            ReadNumber();
        }
        else if (IsNamePart(c))
        {
            int start = Position;
            while (Position < source.Length && IsNamePart(source[Position]))
            {
                Position++;
            }

            string name = source[start..Position];
            Add(TokenKind.Name, IsNameStart(name[0]) ? name : throw new TemplateException(Line, $"'{name}' is no name: it begins with a digit or mark"));
        }
        else if (c is '\'' or '"')
        {
            ReadString(c);
        }
        else
        {
            ReadOperator();
        }
    }

    private void ReadOperator()
    {
        string sign = Array.Find(Operators, o => StartsWith(o, Position))
            ?? throw new TemplateException(Line, $"'{source[Position]}' cannot stand here");
        Balance(sign[0]);
        Add(TokenKind.Operator, sign);
        Position += sign.Length;
    }

    private void Balance(char sign)
    {
        switch (sign)
        {
            case '(': _open.Push(')'); break;
            case '[': _open.Push(']'); break;
            case '{': _open.Push('}'); break;
            case ')' or ']' or '}': Close(sign); break;
            default: break;
        }
    }

    private void Close(char sign)
    {
        if (!_open.TryPop(out char expected))
        {
            throw new TemplateException(Line, $"'{sign}' closes nothing");
        }

        if (expected != sign)
        {
            throw new TemplateException(Line, $"'{sign}' stands where '{expected}' must");
        }
    }

    private void ReadString(char quote)
    {
        int start = Position + 1;
        int end = start;
        while (end < source.Length && source[end] != quote)
        {
            end += source[end] == '\\' ? 2 : 1;
        }

        if (end >= source.Length)
        {
            throw new TemplateException(Line, "a string that starts here does not end");
        }

        ReadOnlySpan<char> literal = source.AsSpan(start, end - start);
        Add(TokenKind.StringLiteral, StringEscapes.Decode(literal, Line));
        Line += literal.Count('\n');
        Position = end + 1;
    }

    // Digits may be grouped with underscores. A number right after a dot is an index ('x.0.5' is x[0][5]), so it has no fraction.
    private void ReadNumber()
    {
        int start = Position;
        if (Prefixed())
        {
            Add(TokenKind.Integer, source[start..Position].Replace("_", "", StringComparison.Ordinal));
            return;
        }

        Digits(char.IsAsciiDigit);
        bool afterDot = start > 0 && source[start - 1] == '.';
        bool isFloat = !afterDot && (Fraction() | Exponent());
        if (!isFloat && source[start] == '0' && source.AsSpan(start, Position - start).IndexOfAnyInRange('1', '9') >= 0)
        {
            throw new TemplateException(Line, $"the integer '{source[start..Position]}' begins with a zero");
        }

        Add(isFloat ? TokenKind.Float : TokenKind.Integer, source[start..Position].Replace("_", "", StringComparison.Ordinal));
    }

    // 0x1F, 0o17, 0b101; a digit must follow, and an underscore may precede it.
    private bool Prefixed()
    {
        Func<char, bool>? isDigit = source[Position] != '0' || Position + 1 >= source.Length ? null : source[Position + 1] switch
        {
            'x' or 'X' => char.IsAsciiHexDigit,
            'o' or 'O' => c => c is >= '0' and <= '7',
            'b' or 'B' => c => c is '0' or '1',
            _ => null,
        };
        if (isDigit is null)
        {
            return false;
        }

        int start = Position;
        Position += 2;
        Digits(isDigit);
        bool found = Position > start + 2;
        Position = found ? Position : start;
        return found;
    }

    private bool Fraction()
    {
        if (Position + 1 >= source.Length || source[Position] != '.' || !char.IsAsciiDigit(source[Position + 1]))
        {
            return false;
        }

        Position++;
        Digits(char.IsAsciiDigit);
        return true;
    }

    private bool Exponent()
    {
        int digits = Position + 1 < source.Length && source[Position + 1] is '+' or '-' ? Position + 2 : Position + 1;
        if (digits >= source.Length || source[Position] is not ('e' or 'E') || !char.IsAsciiDigit(source[digits]))
        {
            return false;
        }

        Position = digits;
        Digits(char.IsAsciiDigit);
        return true;
    }

    private void Digits(Func<char, bool> isDigit)
    {
        while (Position < source.Length && (isDigit(source[Position])
            || (source[Position] == '_' && Position + 1 < source.Length && isDigit(source[Position + 1]))))
        {
            Position++;
        }
    }

    private void Add(TokenKind kind, string text) => tokens.Add(new Token(kind, text, Line));

    private bool StartsWith(string text, int at) => string.CompareOrdinal(source, at, text, 0, text.Length) == 0;

    private static bool IsNameStart(char c) => c == '_' || char.IsLetter(c) || char.GetUnicodeCategory(c) == UnicodeCategory.LetterNumber;

    private static bool IsNamePart(char c) => c == '_' || char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.LetterNumber;
}
