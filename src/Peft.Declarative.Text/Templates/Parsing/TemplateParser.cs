using Peft.Declarative.Text.Templates.Lexing;
using Peft.Declarative.Text.Templates.Syntax;

namespace Peft.Declarative.Text.Templates.Parsing;

/// <summary>Reads the statements of a template.</summary>
internal sealed class TemplateParser
{
    private readonly TokenStream _stream;
    private readonly ExpressionParser _expressions;
    private readonly Dictionary<string, Func<int, Statement>> _tags;
    private readonly HashSet<string> _blocks = new(StringComparer.Ordinal);
    private int _loops;

    private TemplateParser(string template)
    {
        _stream = new TokenStream(Lexer.Read(template));
        _expressions = new ExpressionParser(_stream);
        var definitions = new DefinitionParser(_stream, _expressions, Body);
        _tags = new Dictionary<string, Func<int, Statement>>(StringComparer.Ordinal)
        {
            ["if"] = If,
            ["for"] = For,
            ["break"] = line => Control(line, breaks: true),
            ["continue"] = line => Control(line, breaks: false),
            ["set"] = definitions.Set,
            ["with"] = definitions.With,
            ["macro"] = definitions.Macro,
            ["call"] = definitions.CallBlock,
            ["filter"] = definitions.FilterBlock,
            ["generation"] = line => new Statement.Generation(line, Body("endgeneration", isFunction: true)),
            ["block"] = Block,
            ["print"] = Print,
            ["autoescape"] = line => new Statement.AutoEscape(line, _expressions.Parse(), Body("endautoescape")),
            ["include"] = OtherTemplate("include"),
            ["import"] = OtherTemplate("import"),
            ["from"] = OtherTemplate("from"),
            ["extends"] = OtherTemplate("extends"),
        };
    }

    internal static Body Parse(string template)
    {
        var parser = new TemplateParser(template);
        (List<Statement> statements, _) = parser.Statements([]);
        var body = new Body(statements, SetFirst.Of(statements));
        NameCheck.Check(body);
        return body;
    }

    /// <summary>Statements up to one of the end tags, whose name has been read (but not what follows it).</summary>
    private (List<Statement> Body, string End) Statements(string[] ends)
    {
        List<Statement> body = [];
        while (_stream.Current.Kind != TokenKind.End)
        {
            Token token = _stream.Next();
            switch (token.Kind)
            {
                case TokenKind.Text:
                    body.Add(new Statement.Text(token.Line, token.Text));
                    break;
                case TokenKind.PrintBegin:
                    body.Add(new Statement.Print(token.Line, _expressions.ParseTuple()));
                    _stream.Expect(TokenKind.PrintEnd, "'}}'");
                    break;
                default:
                    Token tag = _stream.Expect(TokenKind.Name, "the name of a tag");
                    if (ends.Contains(tag.Text))
                    {
                        return (body, tag.Text);
                    }

                    body.Add(Tag(tag, ends));
                    _stream.Expect(TokenKind.BlockEnd, "'%}'");
                    break;
            }
        }

        return ends.Length == 0 ? (body, "") : throw _stream.Error($"the template ends before {string.Join(" or ", ends.Select(e => $"{{% {e} %}}"))}");
    }

    private Statement Tag(Token tag, string[] ends) => _tags.TryGetValue(tag.Text, out Func<int, Statement>? parse)
        ? _stream.Deeper(() => parse(tag.Line))
        : throw new TemplateException(tag.Line, ends.Length == 0
            ? $"there is no tag '{tag.Text}'"
            : $"there is no tag '{tag.Text}'; the innermost open block ends with {string.Join(" or ", ends.Select(e => $"'{e}'"))}");

    /// <summary>The body of a block, from the end of its opening tag to the name of its closing one.</summary>
    /// <param name="end">Name of the closing tag.</param>
    /// <param name="isFunction">Whether it is called like a macro, so that it cannot leave a loop around it.</param>
    private Body Body(string end, bool isFunction = false) => BodyUntil(isFunction, end).Body;

    private (Body Body, string End) BodyUntil(bool isFunction, params string[] ends)
    {
        int loopsAround = _loops;
        _loops = isFunction ? 0 : _loops;
        (List<Statement> statements, string end) = StatementsUntil(ends);
        _loops = loopsAround;
        return (new Body(statements, SetFirst.Of(statements)), end);
    }

    private (List<Statement> Statements, string End) StatementsUntil(params string[] ends)
    {
        _stream.TakeOperator(":");
        _stream.Expect(TokenKind.BlockEnd, "'%}'");
        return Statements(ends);
    }

    private Statement.If If(int line)
    {
        List<(Expression, IReadOnlyList<Statement>)> branches = [];
        string end;
        do
        {
            Expression condition = _expressions.ParseTuple(withConditional: false);
            (List<Statement> statements, end) = StatementsUntil("elif", "else", "endif");
            branches.Add((condition, statements));
        }
        while (end == "elif");

        return new Statement.If(line, branches, end == "else" ? StatementsUntil("endif").Statements : []);
    }

    private Statement.For For(int line)
    {
        _stream.OpenLoops++;
        Target target = new TargetParser(_stream).Parse();
        _stream.ExpectName("in");
        Expression iterable = _expressions.ParseTuple(withConditional: false);
        Expression? condition = _stream.TakeName("if") ? _expressions.Parse() : null;
        bool recursive = _stream.TakeName("recursive");
        _loops++;
        (Body body, string end) = BodyUntil(isFunction: false, "endfor", "else");
        _loops--;
        Body otherwise = end == "else" ? Body("endfor", isFunction: recursive) : Syntax.Body.Empty;
        _stream.OpenLoops--;
        return new Statement.For(line, target, iterable, condition, recursive, body, otherwise);
    }

    // Several values are written one after the other, not as a tuple.
    private Statement.Print Print(int line)
    {
        List<Expression> values = [];
        while (_stream.Current.Kind != TokenKind.BlockEnd)
        {
            if (values.Count > 0)
            {
                _stream.ExpectOperator(",");
            }

            values.Add(_expressions.Parse());
        }

        return new Statement.Print(line, new Expression.Concat(line, values));
    }

    private Statement.Block Block(int line)
    {
        string name = _stream.Expect(TokenKind.Name, "the name of a block").Text;
        bool scoped = _stream.TakeName("scoped");
        if (_stream.TakeName("required") || !_blocks.Add(name))
        {
            throw _stream.Error(_blocks.Contains(name) ? $"block '{name}' defined twice" : $"Required block '{name}' not found");
        }

        Body content = Body("endblock", isFunction: true);
        _stream.TakeName(name);
        return new Statement.Block(line, scoped, content);
    }

    private Statement.LoopControl Control(int line, bool breaks) => _loops > 0
        ? new Statement.LoopControl(line, breaks)
        : throw new TemplateException(line, $"'{(breaks ? "break" : "continue")}' stands outside of a loop");

    private Func<int, Statement> OtherTemplate(string tag) => line =>
    {
        while (_stream.Current.Kind is not (TokenKind.BlockEnd or TokenKind.End))
        {
            _stream.Next();
        }

        return new Statement.OtherTemplate(line, tag);
    };
}
