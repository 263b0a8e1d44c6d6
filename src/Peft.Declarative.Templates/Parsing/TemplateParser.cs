using Peft.Declarative.Templates.Lexing;
using Peft.Declarative.Templates.Syntax;

namespace Peft.Declarative.Templates.Parsing;

/// <summary>Reads the statements of a template.</summary>
internal sealed class TemplateParser
{
    private readonly TokenStream stream;
    private readonly ExpressionParser expressions;
    private readonly Dictionary<string, Func<int, Statement>> tags;
    private int loops;

    private TemplateParser(string template)
    {
        stream = new TokenStream(Lexer.Read(template));
        expressions = new ExpressionParser(stream);
        var definitions = new DefinitionParser(stream, expressions, Body);
        tags = new Dictionary<string, Func<int, Statement>>(StringComparer.Ordinal)
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
            ["generation"] = line => new Statement.Generation(line, Body("endgeneration")),
            ["block"] = definitions.Block,
            ["print"] = Print,
            ["autoescape"] = line => new Statement.AutoEscape(line, expressions.Parse(), Body("endautoescape")),
            ["include"] = OtherTemplate("include"),
            ["import"] = OtherTemplate("import"),
            ["from"] = OtherTemplate("from"),
            ["extends"] = OtherTemplate("extends"),
        };
    }

    internal static IReadOnlyList<Statement> Parse(string template)
    {
        var parser = new TemplateParser(template);
        (List<Statement> statements, _) = parser.Statements([]);
        return statements;
    }

    /// <summary>Statements up to one of the end tags, whose name has been read (but not what follows it).</summary>
    private (List<Statement> Body, string End) Statements(string[] ends)
    {
        List<Statement> body = [];
        while (stream.Current.Kind != TokenKind.End)
        {
            Token token = stream.Next();
            switch (token.Kind)
            {
                case TokenKind.Text:
                    body.Add(new Statement.Text(token.Line, token.Text));
                    break;
                case TokenKind.PrintBegin:
                    body.Add(new Statement.Print(token.Line, expressions.ParseTuple()));
                    stream.Expect(TokenKind.PrintEnd, "'}}'");
                    break;
                default:
                    Token tag = stream.Expect(TokenKind.Name, "the name of a tag");
                    if (ends.Contains(tag.Text))
                    {
                        return (body, tag.Text);
                    }

                    body.Add(Tag(tag, ends));
                    stream.Expect(TokenKind.BlockEnd, "'%}'");
                    break;
            }
        }

        return ends.Length == 0 ? (body, "") : throw stream.Error($"the template ends before {string.Join(" or ", ends.Select(e => $"{{% {e} %}}"))}");
    }

    private Statement Tag(Token tag, string[] ends) => tags.TryGetValue(tag.Text, out Func<int, Statement>? parse)
        ? stream.Deeper(() => parse(tag.Line))
        : throw new TemplateException(tag.Line, ends.Length == 0
            ? $"there is no tag '{tag.Text}'"
            : $"there is no tag '{tag.Text}'; the innermost open block ends with {string.Join(" or ", ends.Select(e => $"'{e}'"))}");

    // The body of a block, from the end of its opening tag to the name of its closing one.
    private List<Statement> Body(string end) => BodyUntil([end]).Body;

    private (List<Statement> Body, string End) BodyUntil(params string[] ends)
    {
        stream.TakeOperator(":");
        stream.Expect(TokenKind.BlockEnd, "'%}'");
        return Statements(ends);
    }

    private Statement.If If(int line)
    {
        List<(Expression, IReadOnlyList<Statement>)> branches = [];
        string end;
        do
        {
            Expression condition = expressions.ParseTuple(withConditional: false);
            (List<Statement> body, end) = BodyUntil("elif", "else", "endif");
            branches.Add((condition, body));
        }
        while (end == "elif");

        return new Statement.If(line, branches, end == "else" ? Body("endif") : []);
    }

    private Statement.For For(int line)
    {
        Target target = new TargetParser(stream).Parse(endName: "in");
        stream.ExpectName("in");
        Expression iterable = expressions.ParseTuple(withConditional: false, endName: "recursive");
        Expression? condition = stream.TakeName("if") ? expressions.Parse() : null;
        bool recursive = stream.TakeName("recursive");
        loops++;
        (List<Statement> body, string end) = BodyUntil("endfor", "else");
        loops--;
        return new Statement.For(line, target, iterable, condition, recursive, body, end == "else" ? Body("endfor") : []);
    }

    // Several values are written one after the other, not as a tuple.
    private Statement.Print Print(int line)
    {
        List<Expression> values = [expressions.Parse()];
        while (stream.TakeOperator(","))
        {
            values.Add(expressions.Parse());
        }

        return new Statement.Print(line, values.Count == 1 ? values[0] : new Expression.Concat(line, values));
    }

    private Statement.LoopControl Control(int line, bool breaks) => loops > 0
        ? new Statement.LoopControl(line, breaks)
        : throw new TemplateException(line, $"'{(breaks ? "break" : "continue")}' stands outside of a loop");

    private Func<int, Statement> OtherTemplate(string tag) => line =>
    {
        while (stream.Current.Kind is not (TokenKind.BlockEnd or TokenKind.End))
        {
            stream.Next();
        }

        return new Statement.OtherTemplate(line, tag);
    };
}
