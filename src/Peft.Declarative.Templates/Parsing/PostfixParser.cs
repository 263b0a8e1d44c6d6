using System.Globalization;
using System.Numerics;
using Peft.Declarative.Templates.Lexing;
using Peft.Declarative.Templates.Syntax;

namespace Peft.Declarative.Templates.Parsing;

/// <summary>Reads names, literals and brackets, and what follows them: attributes, items, calls, filters, tests.</summary>
internal sealed class PostfixParser(TokenStream stream)
{
    internal Expression Parse(bool withFilters) => Continue(Primary(), withFilters);

    internal Expression Continue(Expression target, bool withFilters)
    {
        target = Subscripts(target);
        while (withFilters)
        {
            if (stream.TakeOperator("|"))
            {
                target = Filters(target);
            }
            else if (stream.Current.IsName("is"))
            {
                target = Test(target);
            }
            else if (stream.Current.IsOperator("("))
            {
                target = new Expression.Call(stream.Current.Line, target, Arguments());
            }
            else
            {
                break;
            }
        }

        return target;
    }

    /// <summary>Filters with bars between them; the first bar has been read.</summary>
    internal Expression Filters(Expression? target)
    {
        do
        {
            Token name = stream.Expect(TokenKind.Name, "the name of a filter");
            target = new Expression.Filter(name.Line, target, name.Text, stream.Current.IsOperator("(") ? Arguments() : ArgumentList.Empty);
        }
        while (stream.TakeOperator("|"));

        return target;
    }

    private Expression Subscripts(Expression target)
    {
        while (true)
        {
            Token token = stream.Current;
            if (stream.TakeOperator("."))
            {
                target = AfterDot(target, token.Line);
            }
            else if (stream.TakeOperator("["))
            {
                target = new Expression.Item(token.Line, target, Subscript());
            }
            else if (token.IsOperator("("))
            {
                target = new Expression.Call(token.Line, target, Arguments());
            }
            else
            {
                return target;
            }
        }
    }

    private Expression AfterDot(Expression target, int line)
    {
        Token token = stream.Next();
        return token.Kind switch
        {
            TokenKind.Name => new Expression.Attribute(line, target, token.Text),
            TokenKind.Integer => new Expression.Item(line, target, new Expression.Literal(token.Line, Integer(token.Text))),
            _ => throw new TemplateException(token.Line, $"a name or number must follow '.', not {token.Describe()}"),
        };
    }

    private Expression Subscript()
    {
        int line = stream.Current.Line;
        List<Expression> keys = [];
        while (!stream.TakeOperator("]"))
        {
            if (keys.Count > 0)
            {
                stream.ExpectOperator(",");
            }

            keys.Add(SliceOrKey());
        }

        return keys.Count == 1 ? keys[0] : new Expression.TupleOf(line, keys);
    }

    private Expression SliceOrKey()
    {
        int line = stream.Current.Line;
        Expression? start = stream.Current.IsOperator(":") ? null : Nested();
        if (!stream.TakeOperator(":"))
        {
            return start ?? throw stream.Unexpected("an index");
        }

        Expression? stop = AtBoundEnd() ? null : Nested();
        Expression? step = stream.TakeOperator(":") && !AtBoundEnd() ? Nested() : null;
        return new Expression.Slice(line, start, stop, step);
    }

    private bool AtBoundEnd() => stream.Current.IsOperator(":") || stream.Current.IsOperator("]") || stream.Current.IsOperator(",");

    private Expression Test(Expression target)
    {
        int line = stream.Next().Line;
        bool negated = stream.TakeName("not");
        string name = stream.Expect(TokenKind.Name, "the name of a test").Text;
        Expression test = new Expression.Test(line, target, name, TestArguments());
        return negated ? new Expression.Not(line, test) : test;
    }

    // A test may take one argument without parentheses: 'x is divisibleby 3'.
    private ArgumentList TestArguments()
    {
        Token token = stream.Current;
        if (token.IsOperator("("))
        {
            return Arguments();
        }

        if (token.IsName("is"))
        {
            throw stream.Error("tests cannot follow each other; put parentheses around the first");
        }

        bool argumentFollows = token.Kind switch
        {
            TokenKind.Name => token.Text is not ("else" or "or" or "and"),
            TokenKind.StringLiteral or TokenKind.Integer or TokenKind.Float => true,
            _ => token.IsOperator("[") || token.IsOperator("{"),
        };
        return argumentFollows ? new ArgumentList([Parse(withFilters: false)], [], null, null) : ArgumentList.Empty;
    }

    private ArgumentList Arguments()
    {
        stream.ExpectOperator("(");
        List<Expression> positional = [];
        List<(string, Expression)> keywords = [];
        Expression? rest = null;
        Expression? keywordRest = null;
        bool first = true;
        while (!stream.TakeOperator(")"))
        {
            if (!first)
            {
                stream.ExpectOperator(",");
                if (stream.TakeOperator(")"))
                {
                    break;
                }
            }

            first = false;
            if (keywordRest is not null)
            {
                throw stream.Error("nothing may follow a '**' argument");
            }

            if (stream.TakeOperator("**"))
            {
                keywordRest = Nested();
            }
            else if (stream.TakeOperator("*"))
            {
                rest = rest is null ? Nested() : throw stream.Error("a call takes one '*' argument");
            }
            else if (stream.Current.Kind == TokenKind.Name && stream.Following.IsOperator("="))
            {
                string name = stream.Next().Text;
                stream.Next();
                keywords.Add((name, Nested()));
            }
            else
            {
                positional.Add(rest is null && keywords.Count == 0 ? Nested() : throw stream.Error("an argument by position must come first"));
            }
        }

        return new ArgumentList(positional, keywords, rest, keywordRest);
    }

    private Expression Nested() => new ExpressionParser(stream).Parse();

    private Expression Primary()
    {
        Token token = stream.Next();
        switch (token.Kind)
        {
            case TokenKind.Name:
                return Word(token);
            case TokenKind.StringLiteral:
                string text = token.Text;
                while (stream.Current.Kind == TokenKind.StringLiteral)
                {
                    text += stream.Next().Text; // neighbouring literals are one
                }

                return new Expression.Literal(token.Line, text);
            case TokenKind.Integer:
                return new Expression.Literal(token.Line, Integer(token.Text));
            case TokenKind.Float:
                return new Expression.Literal(token.Line, double.Parse(token.Text, CultureInfo.InvariantCulture));
            case TokenKind.Operator when token.Text == "(":
                Expression inner = new ExpressionParser(stream).ParseTuple(inParentheses: true);
                stream.ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return new Expression.ListOf(token.Line, Items("]", Nested));
            case TokenKind.Operator when token.Text == "{":
                return new Expression.DictOf(token.Line, Items("}", Entry));
            default:
                throw new TemplateException(token.Line, $"an expression was expected, but there is {token.Describe()}");
        }
    }

    private static Expression Word(Token token) => token.Text switch
    {
        "true" or "True" => new Expression.Literal(token.Line, true),
        "false" or "False" => new Expression.Literal(token.Line, false),
        "none" or "None" => new Expression.Literal(token.Line, null),
        _ => new Expression.Name(token.Line, token.Text),
    };

    private (Expression, Expression) Entry()
    {
        Expression key = Nested();
        stream.ExpectOperator(":");
        return (key, Nested());
    }

    private List<T> Items<T>(string end, Func<T> parse)
    {
        List<T> items = [];
        while (!stream.TakeOperator(end))
        {
            if (items.Count > 0)
            {
                stream.ExpectOperator(",");
                if (stream.TakeOperator(end))
                {
                    break;
                }
            }

            items.Add(parse());
        }

        return items;
    }

    private static BigInteger Integer(string text)
    {
        int radix = text.Length < 2 ? 10 : char.ToLowerInvariant(text[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 10 };
        return radix == 10
            ? BigInteger.Parse(text, CultureInfo.InvariantCulture)
            : text[2..].Aggregate(BigInteger.Zero, (value, digit) => value * radix + Convert.ToInt32(digit.ToString(), 16));
    }
}
