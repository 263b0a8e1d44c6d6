using Peft.Declarative.Text.Templates.Builtins;
using Peft.Declarative.Text.Templates.Syntax;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>Evaluates expressions.</summary>
internal sealed class ExpressionEvaluator(Interpreter interpreter)
{
    internal object? Evaluate(Expression expression, Scope scope) => Markup.Unmarked(EvaluateMarked(expression, scope));

    /// <summary>The same, where it matters whether text is HTML.</summary>
    internal object? EvaluateMarked(Expression expression, Scope scope)
    {
        using Budget.Level level = interpreter.Budget.Deeper();
        interpreter.Budget.Charge(1);
        int outerLine = interpreter.Line;
        interpreter.Line = expression.Line;
        object? value = Dispatch(expression, scope);
        interpreter.Line = outerLine; // not after an error, which is reported at the line where it arose
        return value;
    }

    internal bool IsTrue(Expression expression, Scope scope) => Truth.Of(Evaluate(expression, scope));

    /// <summary>Applies the filters of a filter block to what the block wrote.</summary>
    internal object? ApplyFilters(Expression filters, string written, Scope scope)
    {
        if (filters is not Expression.Filter filter)
        {
            return written;
        }

        using Budget.Level level = interpreter.Budget.Deeper();
        object? target = filter.Target is null ? written : ApplyFilters(filter.Target, written, scope);
        interpreter.Line = filter.Line;
        return Filters.Apply(interpreter, filter.Id, target, Arguments(filter.Arguments, scope));
    }

    internal CallArguments Arguments(ArgumentList list, Scope scope)
    {
        List<object?> positional = [.. list.Positional.Select(argument => Evaluate(argument, scope))];
        List<KeyValuePair<string, object?>> keywords =
            [.. list.Keywords.Select(keyword => KeyValuePair.Create(keyword.Name, Evaluate(keyword.Value, scope)))];
        if (list.Rest is not null)
        {
            positional.AddRange(interpreter.Items(Evaluate(list.Rest, scope)));
        }

        if (list.KeywordRest is not null)
        {
            var rest = Evaluate(list.KeywordRest, scope) as DictValue ?? throw new TemplateError("argument after ** must be a mapping");
            keywords.AddRange(rest.Entries.Select(entry => KeyValuePair.Create(PythonText.Str(entry.Key), entry.Value)));
        }

        return new CallArguments(positional, keywords);
    }

    private object? Dispatch(Expression expression, Scope scope) => expression switch
    {
        Expression.Literal literal => literal.Value,
        Expression.Name name => interpreter.Variable(name.Id, scope),
        Expression.Attribute attribute => Members.Attribute(Evaluate(attribute.Target, scope), attribute.Id),
        Expression.Item item => Item(item, scope),
        Expression.Call call => Call(call, scope),
        Expression.Filter filter => Filter(filter, scope),
        Expression.Test { Id: "escaped" } test when EvaluateMarked(test.Target, scope) is Markup => true,
        Expression.Test test => Tests.Apply(interpreter, test.Id, Evaluate(test.Target, scope), Arguments(test.Arguments, scope)),
        Expression.Not not => !IsTrue(not.Operand, scope),
        Expression.Signed signed => Arithmetic.Negate(Evaluate(signed.Operand, scope), signed.Negative),
        Expression.Binary binary => Binary(binary, scope),
        Expression.Logical logical => Logical(logical, scope),
        Expression.Compare compare => Compare(compare, scope),
        Expression.Concat concat => Concat(concat, scope),
        Expression.Conditional conditional => Conditional(conditional, scope),
        Expression.ListOf list => new ListValue([.. list.Items.Select(item => Evaluate(item, scope))]),
        Expression.TupleOf tuple => new TupleValue([.. tuple.Items.Select(item => Evaluate(item, scope))]),
        Expression.DictOf dict => dict.Entries.Aggregate(
            new DictValue(), (made, entry) => made.With(Evaluate(entry.Key, scope), Evaluate(entry.Value, scope))),
        _ => throw new TemplateError("a slice can only stand in brackets"),
    };

    private object? Filter(Expression.Filter filter, Scope scope)
    {
        object? target = EvaluateMarked(filter.Target!, scope);
        CallArguments arguments = Arguments(filter.Arguments, scope);
        return MarkupRules.TryFilter(interpreter, filter.Id, target, arguments, out object? result)
            ? result
            : Filters.Apply(interpreter, filter.Id, Markup.Unmarked(target), arguments);
    }

    private object? Binary(Expression.Binary binary, Scope scope)
    {
        object? left = EvaluateMarked(binary.Left, scope);
        object? right = EvaluateMarked(binary.Right, scope);
        return binary.Operator == "+" && MarkupRules.TryAdd(interpreter, left, right, out object? sum)
            ? sum
            : Arithmetic.Apply(interpreter, binary.Operator, Markup.Unmarked(left), Markup.Unmarked(right));
    }

    private object? Item(Expression.Item item, Scope scope)
    {
        object? target = Evaluate(item.Target, scope);
        if (item.Key is not Expression.Slice slice)
        {
            return Members.Item(target, Evaluate(item.Key, scope));
        }

        object? Bound(Expression? bound) => bound is null ? null : Evaluate(bound, scope);
        (object? start, object? stop, object? step) = (Bound(slice.Start), Bound(slice.Stop), Bound(slice.Step));
        if (target is Undefined undefined)
        {
            throw undefined.Error();
        }

        if (target is not (ISequence or string))
        {
            // The reference computes constants beforehand, and then finds nothing.
            return item.Target is Expression.Literal ? Undefined.Member(target, "slice") : throw new TemplateError(
                target is DictValue ? "unhashable type: 'slice'" : $"'{TypeNames.Of(target)}' object is not subscriptable");
        }

        interpreter.Budget.ChargeItems(target is ISequence sequence ? sequence.Count : 1);
        return Slicing.Slice(target, start, stop, step);
    }

    private object? Call(Expression.Call call, Scope scope)
    {
        object? target = Evaluate(call.Target, scope);
        CallArguments arguments = Arguments(call.Arguments, scope);
        interpreter.Line = call.Line;
        return interpreter.Call(target, arguments);
    }

    private object? Logical(Expression.Logical logical, Scope scope)
    {
        object? left = EvaluateMarked(logical.Left, scope);
        return Truth.Of(Markup.Unmarked(left)) == logical.IsAnd ? EvaluateMarked(logical.Right, scope) : left;
    }

    private object Compare(Expression.Compare compare, Scope scope)
    {
        object? left = Evaluate(compare.First, scope);
        foreach ((string operation, Expression operand) in compare.Rest)
        {
            object? right = Evaluate(operand, scope);
            if (!Holds(operation, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private bool Holds(string operation, object? left, object? right)
    {
        interpreter.Budget.Charge((right as ISequence)?.Count ?? 1);
        return operation switch
        {
            "==" => Comparison.AreEqual(left, right),
            "!=" => !Comparison.AreEqual(left, right),
            "in" => Comparison.Contains(right, left),
            "not in" => !Comparison.Contains(right, left),
            _ => Comparison.IsOrdered(operation, left, right),
        };
    }

    private string Concat(Expression.Concat concat, Scope scope)
    {
        string[] parts = [.. concat.Parts.Select(part => PythonText.Str(Evaluate(part, scope)))];
        interpreter.Budget.ChargeText(parts.Sum(part => (long)part.Length));
        return string.Concat(parts);
    }

    private object? Conditional(Expression.Conditional conditional, Scope scope)
    {
        if (IsTrue(conditional.Condition, scope))
        {
            return EvaluateMarked(conditional.Then, scope);
        }

        return conditional.Otherwise is null
            ? new Undefined("the inline if-expression evaluated to false and no else section was defined")
            : EvaluateMarked(conditional.Otherwise, scope);
    }
}
