using Peft.Declarative.Text.Templates.Lexing;
using Peft.Declarative.Text.Templates.Syntax;

namespace Peft.Declarative.Text.Templates.Parsing;

/// <summary>Reads expressions, from the loosest binding (<c>if … else</c>) down to signs and powers.</summary>
internal sealed class ExpressionParser(TokenStream stream)
{
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    private readonly PostfixParser _postfix = new(stream);

    /// <summary>An expression.</summary>
    /// <param name="withConditional">Whether <c>a if b else c</c> may be its outermost form.</param>
    internal Expression Parse(bool withConditional = true) => stream.Deeper(() => withConditional ? Conditional() : Or());

    /// <summary>An expression, or several with commas between them, which make a tuple.</summary>
    internal Expression ParseTuple(bool withConditional = true, bool inParentheses = false)
    {
        int line = stream.Current.Line;
        List<Expression> items = [];
        bool isTuple = false;
        while (!AtTupleEnd())
        {
            items.Add(Parse(withConditional));
            if (!stream.TakeOperator(","))
            {
                break;
            }

            isTuple = true;
        }

        if (!isTuple && items.Count == 1)
        {
            return items[0];
        }

        return isTuple || inParentheses ? new Expression.TupleOf(line, items) : throw stream.Unexpected("an expression");
    }

    /// <summary>One or more filters without what they are applied to, as in a filter block.</summary>
    internal Expression ParseFilters(bool firstHasPipe)
    {
        if (firstHasPipe)
        {
            stream.ExpectOperator("|");
        }

        return _postfix.Filters(target: null);
    }

    /// <summary>A name, literal or bracket with everything that follows it directly.</summary>
    internal Expression ParsePostfix() => _postfix.Parse(withFilters: true);

    private bool AtTupleEnd() => stream.Current.Kind is TokenKind.PrintEnd or TokenKind.BlockEnd || stream.Current.IsOperator(")");

    private Expression Conditional()
    {
        int line = stream.Current.Line;
        Expression then = Or();
        while (stream.TakeName("if"))
        {
            Expression condition = Or();
            Expression? otherwise = stream.TakeName("else") ? stream.Deeper(Conditional) : null;
            then = new Expression.Conditional(line, condition, then, otherwise);
            line = stream.Current.Line;
        }

        return then;
    }

    private Expression Or()
    {
        Expression left = And();
        while (stream.Current.IsName("or"))
        {
            int line = stream.Next().Line;
            left = new Expression.Logical(line, IsAnd: false, left, And());
        }

        return left;
    }

    private Expression And()
    {
        Expression left = Not();
        while (stream.Current.IsName("and"))
        {
            int line = stream.Next().Line;
            left = new Expression.Logical(line, IsAnd: true, left, Not());
        }

        return left;
    }

    private Expression Not()
    {
        int line = stream.Current.Line;
        return stream.TakeName("not") ? new Expression.Not(line, stream.Deeper(Not)) : Compare();
    }

    private Expression Compare()
    {
        int line = stream.Current.Line;
        Expression first = Sum();
        List<(string, Expression)> rest = [];
        while (ComparisonOperator() is { } sign)
        {
            rest.Add((sign, Sum()));
        }

        return rest.Count == 0 ? first : new Expression.Compare(line, first, rest);
    }

    private string? ComparisonOperator()
    {
        if (stream.Current.Kind == TokenKind.Operator && Comparisons.Contains(stream.Current.Text))
        {
            return stream.Next().Text;
        }

        if (stream.TakeName("in"))
        {
            return "in";
        }

        if (stream.Current.IsName("not") && stream.Following.IsName("in"))
        {
            stream.Next();
            stream.Next();
            return "not in";
        }

        return null;
    }

    private Expression Sum() => LeftToRight(Concat, "+", "-");

    // Binds tighter than + and -, as in the reference.
    private Expression Concat()
    {
        int line = stream.Current.Line;
        List<Expression> parts = [Product()];
        while (stream.TakeOperator("~"))
        {
            parts.Add(Product());
        }

        return parts.Count == 1 ? parts[0] : new Expression.Concat(line, parts);
    }

    private Expression Product() => LeftToRight(Power, "*", "/", "//", "%");

    // A sign binds tighter than a power, and powers go from left to right: both unlike Python, both as in the reference.
    private Expression Power() => LeftToRight(() => Unary(withFilters: true), "**");

    private Expression LeftToRight(Func<Expression> operand, params string[] operators)
    {
        Expression left = operand();
        while (stream.Current.Kind == TokenKind.Operator && operators.Contains(stream.Current.Text))
        {
            Token sign = stream.Next();
            left = new Expression.Binary(sign.Line, sign.Text, left, operand());
        }

        return left;
    }

    private Expression Unary(bool withFilters)
    {
        Token token = stream.Current;
        if (!token.IsOperator("-") && !token.IsOperator("+"))
        {
            return _postfix.Parse(withFilters);
        }

        stream.Next();
        Expression signed = new Expression.Signed(token.Line, token.Text == "-", stream.Deeper(() => Unary(withFilters: false)));
        return _postfix.Continue(signed, withFilters);
    }
}
