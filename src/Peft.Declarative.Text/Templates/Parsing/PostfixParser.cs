using Peft.Declarative.Text.Templates.Lexing;
using Peft.Declarative.Text.Templates.Syntax;

namespace Peft.Declarative.Text.Templates.Parsing;

/// <summary>Reads what follows a name, literal or bracket: attributes, items, calls, filters, tests.</summary>
internal sealed class PostfixParser(TokenStream stream)
{
    private readonly ArgumentParser _arguments = new(stream);
    private readonly PrimaryParser _primaries = new(stream);

    internal Expression Parse(bool withFilters) => Continue(_primaries.Parse(), withFilters);

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
                target = new Expression.Call(stream.Current.Line, target, _arguments.Parse());
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
            target = new Expression.Filter(name.Line, target, name.Text, stream.Current.IsOperator("(") ? _arguments.Parse() : ArgumentList.Empty);
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
                target = new Expression.Call(token.Line, target, _arguments.Parse());
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
            TokenKind.Integer => new Expression.Item(line, target, new Expression.Literal(token.Line, PrimaryParser.Integer(token))),
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
            return _arguments.Parse();
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

    private Expression Nested() => new ExpressionParser(stream).Parse();
}
