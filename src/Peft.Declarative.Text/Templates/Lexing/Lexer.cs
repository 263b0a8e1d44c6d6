using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Lexing;

/// <summary>
/// Cuts a template into tokens, with the white-space rules of transformers: a line feed after a block goes (trim_blocks), blanks before a
/// block that begins its line go (lstrip_blocks), <c>-</c> takes all white space on its side and <c>+</c> keeps it.
/// </summary>
internal sealed class Lexer
{
    private const int GreatestLength = 1 << 20;

    private readonly string source;
    private readonly List<Token> tokens = [];
    private int position;
    private int line = 1;

    // Whether what was read last ended its line, so that blanks from here on are indentation.
    private bool lineStarts = true;

    private Lexer(string source) => this.source = source;

    internal static List<Token> Read(string template)
    {
        if (template.Length > GreatestLength)
        {
            throw new TemplateException(1, $"it has {template.Length:N0} characters; {GreatestLength:N0} are read at most");
        }

        string source = template.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new Lexer(source.EndsWith('\n') ? source[..^1] : source);
        lexer.ReadAll();
        return lexer.tokens;
    }

    private void ReadAll()
    {
        while (position < source.Length)
        {
            int begin = NextTag(position);
            if (begin < 0)
            {
                AddText(source[position..]);
                position = source.Length;
                break;
            }

            ReadTag(begin);
        }

        tokens.Add(new Token(TokenKind.End, "", line));
    }

    private int NextTag(int from)
    {
        for (int at = source.IndexOf('{', from); at >= 0 && at + 1 < source.Length; at = source.IndexOf('{', at + 1))
        {
            if (source[at + 1] is '{' or '%' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    private void ReadTag(int begin)
    {
        char kind = source[begin + 1];
        int inside = begin + 2;
        char sign = inside < source.Length && source[inside] is '-' or '+' ? source[inside++] : ' ';
        string text = source[position..begin];
        AddText(Trimmed(text, sign, isPrint: kind == '{'), text);
        position = inside;
        switch (kind)
        {
            case '#': SkipComment(); break;
            case '%' when TryRaw(): break;
            case '%': ReadInside(TokenKind.BlockBegin, TokenKind.BlockEnd, "%}"); break;
            default: ReadInside(TokenKind.PrintBegin, TokenKind.PrintEnd, "}}"); break;
        }
    }

    private string Trimmed(string text, char sign, bool isPrint)
    {
        if (sign == '-')
        {
            return PythonSpace.TrimEnd(text);
        }

        int lineStart = text.LastIndexOf('\n') + 1;
        bool indentation = sign != '+' && !isPrint && (lineStart > 0 || lineStarts) && text.AsSpan(lineStart).IsWhiteSpace();
        return indentation ? text[..lineStart] : text;
    }

    private void AddText(string text, string? covered = null)
    {
        if (text.Length > 0)
        {
            tokens.Add(new Token(TokenKind.Text, text, line));
        }

        CountLines(covered ?? text);
    }

    private void CountLines(ReadOnlySpan<char> passed) => line += passed.Count('\n');

    private void SkipComment()
    {
        if (position == source.Length)
        {
            return; // as in the reference, the template may end here
        }

        int end = source.IndexOf("#}", position, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new TemplateException(line, "a comment that starts here does not end");
        }

        CountLines(source.AsSpan(position, end - position));
        char sign = end > position ? source[end - 1] : ' ';
        position = end + 2;
        AfterTag(sign, trimsLineFeed: true);
    }

    // What follows the end of a tag, by its sign.
    private void AfterTag(char sign, bool trimsLineFeed)
    {
        int start = position;
        if (sign == '-')
        {
            while (position < source.Length && PythonSpace.Is(source[position]))
            {
                position++;
            }
        }
        else if (sign != '+' && trimsLineFeed && position < source.Length && source[position] == '\n')
        {
            position++;
        }

        CountLines(source.AsSpan(start, position - start));
        lineStarts = position > start && source[position - 1] == '\n';
    }

    // {% raw %} … {% endraw %}: everything between is text.
    private bool TryRaw()
    {
        int after = RawTags.MatchBegin(source, position, out char beginSign);
        if (after < 0)
        {
            return false;
        }

        CountLines(source.AsSpan(position, after - position));
        position = after;
        AfterTag(beginSign, trimsLineFeed: false);
        if (position == source.Length)
        {
            return true; // as in the reference, the template may end here
        }

        (int begin, char signBefore, int end, char signAfter) = RawTags.FindEnd(source, position);
        if (begin < 0)
        {
            throw new TemplateException(line, "{% raw %} has no {% endraw %}");
        }

        string text = source[position..begin];
        AddText(Trimmed(text, signBefore, isPrint: false), text);
        CountLines(source.AsSpan(begin, end - begin));
        position = end;
        AfterTag(signAfter, trimsLineFeed: true);
        return true;
    }

    private void ReadInside(TokenKind begin, TokenKind end, string endSign)
    {
        tokens.Add(new Token(begin, begin == TokenKind.BlockBegin ? "{%" : "{{", line));
        var expression = new ExpressionLexer(source, position, line, tokens);
        char sign = expression.ReadUntil(endSign, signs: end == TokenKind.BlockEnd ? "-+" : "-");
        (position, line) = (expression.Position, expression.Line);
        tokens.Add(new Token(end, endSign, line));
        AfterTag(sign, trimsLineFeed: end == TokenKind.BlockEnd);
    }
}
