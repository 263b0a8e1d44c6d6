using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Lexing;

/// <summary>
/// Cuts a template into tokens, with the white-space rules of transformers: a line feed after a block goes (trim_blocks), blanks before a
/// block that begins its line go (lstrip_blocks), <c>-</c> takes all white space on its side and <c>+</c> keeps it.
/// </summary>
internal sealed class Lexer
{
    private const int GreatestLength = 1 << 20;

    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _position;
    private int _line = 1;

    // Whether what was read last ended its line, so that blanks from here on are indentation.
    private bool _lineStarts = true;

    private Lexer(string source) => _source = source;

    internal static List<Token> Read(string template)
    {
        if (template.Length > GreatestLength)
        {
            throw new TemplateException(1, FormattableString.Invariant($"it has {template.Length:N0} characters; {GreatestLength:N0} are read at most"));
        }

        string source = template.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new Lexer(source.EndsWith('\n') ? source[..^1] : source);
        lexer.ReadAll();
        return lexer._tokens;
    }

    private void ReadAll()
    {
        while (_position < _source.Length)
        {
            int begin = NextTag(_position);
            if (begin < 0)
            {
                AddText(_source[_position..]);
                _position = _source.Length;
                break;
            }

            ReadTag(begin);
        }

        _tokens.Add(new Token(TokenKind.End, "", _line));
    }

    private int NextTag(int from)
    {
        for (int at = _source.IndexOf('{', from); at >= 0 && at + 1 < _source.Length; at = _source.IndexOf('{', at + 1))
        {
            if (_source[at + 1] is '{' or '%' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    private void ReadTag(int begin)
    {
        char kind = _source[begin + 1];
        int inside = begin + 2;
        char sign = inside < _source.Length && _source[inside] is '-' or '+' ? _source[inside++] : ' ';
        string text = _source[_position..begin];
        AddText(Trimmed(text, sign, isPrint: kind == '{'), text);
        _position = inside;
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
        bool indentation = sign != '+' && !isPrint && (lineStart > 0 || _lineStarts) && text.AsSpan(lineStart).IsWhiteSpace();
        return indentation ? text[..lineStart] : text;
    }

    private void AddText(string text, string? covered = null)
    {
        if (text.Length > 0)
        {
            _tokens.Add(new Token(TokenKind.Text, text, _line));
        }

        CountLines(covered ?? text);
    }

    private void CountLines(ReadOnlySpan<char> passed) => _line += passed.Count('\n');

    private void SkipComment()
    {
        if (_position == _source.Length)
        {
            return; // as in the reference, the template may end here
        }

        int end = _source.IndexOf("#}", _position, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new TemplateException(_line, "a comment that starts here does not end");
        }

        CountLines(_source.AsSpan(_position, end - _position));
        char sign = end > _position ? _source[end - 1] : ' ';
        _position = end + 2;
        AfterTag(sign, trimsLineFeed: true);
    }

    // What follows the end of a tag, by its sign.
    private void AfterTag(char sign, bool trimsLineFeed)
    {
        int start = _position;
        if (sign == '-')
        {
            while (_position < _source.Length && PythonSpace.Is(_source[_position]))
            {
                _position++;
            }
        }
        else if (sign != '+' && trimsLineFeed && _position < _source.Length && _source[_position] == '\n')
        {
            _position++;
        }

        CountLines(_source.AsSpan(start, _position - start));
        _lineStarts = _position > start && _source[_position - 1] == '\n';
    }

    // {% raw %} … {% endraw %}: everything between is text.
    private bool TryRaw()
    {
        int after = RawTags.MatchBegin(_source, _position, out char beginSign);
        if (after < 0)
        {
            return false;
        }

        CountLines(_source.AsSpan(_position, after - _position));
        _position = after;
        AfterTag(beginSign, trimsLineFeed: false);
        if (_position == _source.Length)
        {
            return true; // as in the reference, the template may end here
        }

        (int begin, char signBefore, int end, char signAfter) = RawTags.FindEnd(_source, _position);
        if (begin < 0)
        {
            throw new TemplateException(_line, "{% raw %} has no {% endraw %}");
        }

        string text = _source[_position..begin];
        AddText(Trimmed(text, signBefore, isPrint: false), text);
        CountLines(_source.AsSpan(begin, end - begin));
        _position = end;
        AfterTag(signAfter, trimsLineFeed: true);
        return true;
    }

    private void ReadInside(TokenKind begin, TokenKind end, string endSign)
    {
        _tokens.Add(new Token(begin, begin == TokenKind.BlockBegin ? "{%" : "{{", _line));
        var expression = new ExpressionLexer(_source, _position, _line, _tokens);
        char sign = expression.ReadUntil(endSign, signs: end == TokenKind.BlockEnd ? "-+" : "-");
        (_position, _line) = (expression.Position, expression.Line);
        _tokens.Add(new Token(end, endSign, _line));
        AfterTag(sign, trimsLineFeed: end == TokenKind.BlockEnd);
    }
}
