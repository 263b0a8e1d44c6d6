using Peft.Declarative.Text.Templates.Syntax;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>Runs one <c>for</c> statement; a recursive one can be run again from its own body.</summary>
internal sealed class ForLoop(Interpreter interpreter, Statement.For loop, Scope scope)
{
    /// <summary>Runs it; a <c>break</c> or <c>continue</c> in its <c>else</c> is one of the loop around it.</summary>
    internal Flow Run()
    {
        object? iterable = interpreter.Expressions.Evaluate(loop.Iterable, scope);
        return Run(iterable, depth: 0);
    }

    /// <summary>Runs the loop for other items, one level deeper, and returns the text it writes.</summary>
    internal string Recurse(object? iterable, int depth)
    {
        if (!loop.Recursive)
        {
            throw new TemplateError("The loop must have the 'recursive' marker to be called recursively.");
        }

        interpreter.Budget.EnterCall();
        (string written, _) = interpreter.Output.Capture(() => Run(iterable, depth));
        interpreter.Budget.LeaveCall();
        return written;
    }

    private Flow Run(object? iterable, int depth)
    {
        IEnumerable<object?> wanted = interpreter.Items(iterable);
        LoopItems items = loop.Condition is null
            ? new LoopItems(wanted, Iteration.TryLength(iterable))
            : new LoopItems(wanted.Where(IsWanted), knownCount: null);
        var context = new LoopContext(this, items, depth);

        // As in the reference: a first round that is left early does not count, so that 'else' runs.
        bool completedOne = false;
        while (Next(items))
        {
            Flow flow = interpreter.Statements.RunInner(loop.Body, scope, inner =>
            {
                inner.Set("loop", context);
                interpreter.Statements.Assign(loop.Target, items.Current, inner);
            });
            completedOne |= flow == Flow.Next;
            if (flow == Flow.Break)
            {
                break;
            }
        }

        return completedOne ? Flow.Next : interpreter.Statements.RunInner(loop.Otherwise, scope);
    }

    // Reading an item may run filters and the condition, whose errors belong to the line of the loop.
    private bool Next(LoopItems items)
    {
        interpreter.Line = loop.Line;
        return items.MoveNext();
    }

    private bool IsWanted(object? item)
    {
        var inner = new Scope(scope);
        interpreter.Statements.Assign(loop.Target, item, inner);
        return interpreter.Expressions.IsTrue(loop.Condition!, inner);
    }
}
