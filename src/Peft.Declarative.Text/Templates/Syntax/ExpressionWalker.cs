namespace Peft.Declarative.Text.Templates.Syntax;

/// <summary>Enumerates the parts of expressions.</summary>
internal static class ExpressionWalker
{
    /// <summary>An expression and all its parts, at any depth.</summary>
    /// <param name="whole">The expression.</param>
    /// <param name="goesInto">Whether the parts of an expression count; by default they all do.</param>
    internal static IEnumerable<Expression> WithParts(Expression? whole, Func<Expression, bool>? goesInto = null)
    {
        var open = new Stack<Expression>();
        Push(open, whole);
        while (open.TryPop(out Expression? expression))
        {
            yield return expression;
            foreach (Expression? part in goesInto?.Invoke(expression) == false ? [] : Parts(expression))
            {
                Push(open, part);
            }
        }
    }

    /// <summary>The expressions that an expression is directly made of.</summary>
    internal static IEnumerable<Expression?> Parts(Expression expression) => expression switch
    {
        Expression.ListOf list => [.. list.Items],
        Expression.TupleOf tuple => [.. tuple.Items],
        Expression.DictOf dict => [.. dict.Entries.SelectMany(entry => (Expression[])[entry.Key, entry.Value])],
        Expression.Attribute attribute => [attribute.Target],
        Expression.Item item => [item.Target, item.Key],
        Expression.Slice slice => [slice.Start, slice.Stop, slice.Step],
        Expression.Call call => [call.Target, .. Parts(call.Arguments)],
        Expression.Filter filter => [filter.Target, .. Parts(filter.Arguments)],
        Expression.Test test => [test.Target, .. Parts(test.Arguments)],
        Expression.Not not => [not.Operand],
        Expression.Signed signed => [signed.Operand],
        Expression.Binary binary => [binary.Left, binary.Right],
        Expression.Logical logical => [logical.Left, logical.Right],
        Expression.Compare compare => [compare.First, .. compare.Rest.Select(rest => rest.Operand)],
        Expression.Concat concat => [.. concat.Parts],
        Expression.Conditional conditional => [conditional.Condition, conditional.Then, conditional.Otherwise],
        _ => [],
    };

    private static IEnumerable<Expression?> Parts(ArgumentList arguments) =>
        [.. arguments.Positional, .. arguments.Keywords.Select(keyword => keyword.Value), arguments.Rest, arguments.KeywordRest];

    private static void Push(Stack<Expression> open, Expression? expression)
    {
        if (expression is not null)
        {
            open.Push(expression);
        }
    }
}
