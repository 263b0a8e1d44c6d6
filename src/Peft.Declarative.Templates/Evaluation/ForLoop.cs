using Peft.Declarative.Templates.Syntax;
using Peft.Declarative.Templates.Values;

namespace Peft.Declarative.Templates.Evaluation;

/// <summary>Runs one <c>for</c> statement; a recursive one can be run again from its own body.</summary>
internal sealed class ForLoop(Interpreter interpreter, Statement.For loop, Scope scope)
{
    internal void Run()
    {
        object? iterable = interpreter.Expressions.Evaluate(loop.Iterable, scope);
        Run(iterable, depth: 0);
    }

    /// <summary>What the loop writes for other items, one level deeper.</summary>
    internal string Recurse(object? iterable, int depth)
    {
        if (!loop.Recursive)
        {
            throw new TemplateError("The loop must have the 'recursive' marker to be called recursively.");
        }

        interpreter.Budget.EnterCall();
        string written = interpreter.Output.Capture(() => Run(iterable, depth));
        interpreter.Budget.LeaveCall();
        return written;
    }

    private void Run(object? iterable, int depth)
    {
        List<object?> items = [.. interpreter.Items(iterable).Where(IsWanted)];
        var context = new LoopContext(this, items, depth);

        // As in the reference: a first round that is left early does not count, so that 'else' runs.
        bool completedOne = false;
        for (int i = 0; i < items.Count; i++)
        {
            context.Index = i;
            var inner = new Scope(scope);
            inner.Set("loop", context);
            interpreter.Statements.Assign(loop.Target, items[i], inner);
            Flow flow = interpreter.Statements.Run(loop.Body, inner);
            completedOne |= flow == Flow.Next;
            if (flow == Flow.Break)
            {
                break;
            }
        }

        if (!completedOne)
        {
            interpreter.Statements.Run(loop.Otherwise, new Scope(scope));
        }
    }

    private bool IsWanted(object? item)
    {
        if (loop.Condition is null)
        {
            return true;
        }

        var inner = new Scope(scope);
        interpreter.Statements.Assign(loop.Target, item, inner);
        return interpreter.Expressions.IsTrue(loop.Condition, inner);
    }
}
