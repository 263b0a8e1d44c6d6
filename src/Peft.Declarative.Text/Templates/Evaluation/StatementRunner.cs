using Peft.Declarative.Text.Templates.Syntax;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>Runs statements.</summary>
internal sealed class StatementRunner(Interpreter interpreter)
{
    private readonly Assignment _assignment = new(interpreter);

    internal Flow Run(IReadOnlyList<Statement> statements, Scope scope)
    {
        using Budget.Level level = interpreter.Budget.Deeper();
        foreach (Statement statement in statements)
        {
            interpreter.Budget.Charge(1);
            interpreter.Line = statement.Line;
            Flow flow = Run(statement, scope);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    /// <summary>Runs statements with variables of their own.</summary>
    /// <param name="body">The statements.</param>
    /// <param name="outer">Variables around them.</param>
    /// <param name="prepare">Sets what they begin with.</param>
    internal Flow RunInner(Body body, Scope? outer, Action<Scope>? prepare = null)
    {
        var inner = new Scope(outer);
        foreach (string name in body.SetFirst)
        {
            if (outer is null || !outer.TryGet(name, out _))
            {
                inner.Set(name, Undefined.Variable(name));
            }
        }

        prepare?.Invoke(inner);
        return Run(body.Statements, inner);
    }

    /// <summary>Assigns values to variables.</summary>
    internal void Assign(Target target, object? value, Scope scope) => _assignment.Assign(target, value, scope);

    private ExpressionEvaluator Expressions => interpreter.Expressions;

    private Flow Run(Statement statement, Scope scope)
    {
        switch (statement)
        {
            case Statement.Text text: interpreter.Output.Write(text.Content); break;
            case Statement.Print print: interpreter.Output.Write(PythonText.Str(Expressions.Evaluate(print.Value, scope))); break;
            case Statement.If branches: return RunIf(branches, scope);
            case Statement.For loop: return new ForLoop(interpreter, loop, scope).Run();
            case Statement.LoopControl control: return control.Breaks ? Flow.Break : Flow.Continue;
            case Statement.Set set: Assign(set.Target, Expressions.EvaluateMarked(set.Value, scope), scope); break;
            case Statement.SetBlock block: return RunSetBlock(block, scope);
            case Statement.With with: return RunWith(with, scope);
            case Statement.Macro macro: scope.Set(macro.Id, new Macro(macro.Id, macro.Definition, scope)); break;
            case Statement.CallBlock call: RunCallBlock(call, scope); break;
            case Statement.FilterBlock filter: return RunFilterBlock(filter, scope);
            case Statement.Generation generation: RunGeneration(generation, scope); break;
            case Statement.Block block: RunInner(block.Body, block.Scoped ? scope : scope.Top); break;
            case Statement.AutoEscape escape when Expressions.IsTrue(escape.Enabled, scope):
                throw new TemplateError("chat templates are not escaped as HTML");
            case Statement.AutoEscape escape: return RunInner(escape.Body, scope);
            case Statement.OtherTemplate other:
                throw new TemplateError($"'{other.Tag}' needs another template, and a chat template stands alone");
            default: break;
        }

        return Flow.Next;
    }

    private Flow RunIf(Statement.If branches, Scope scope)
    {
        foreach ((Expression condition, IReadOnlyList<Statement> statements) in branches.Branches)
        {
            if (Expressions.IsTrue(condition, scope))
            {
                return Run(statements, scope);
            }
        }

        return Run(branches.Otherwise, scope);
    }

    // What was written is lost if the body leaves the loop around it.
    private Flow RunSetBlock(Statement.SetBlock block, Scope scope)
    {
        (string written, Flow flow) = interpreter.Output.Capture(() => RunInner(block.Body, scope));
        if (flow == Flow.Next)
        {
            Assign(block.Target, block.Filter is null ? written : Expressions.ApplyFilters(block.Filter, written, scope), scope);
        }

        return flow;
    }

    private Flow RunWith(Statement.With with, Scope scope)
    {
        // All values are evaluated outside the block, even if an earlier assignment has the same name.
        object?[] values = [.. with.Assignments.Select(assignment => Expressions.EvaluateMarked(assignment.Value, scope))];
        return RunInner(with.Body, scope, inner =>
        {
            for (int i = 0; i < values.Length; i++)
            {
                Assign(with.Assignments[i].Target, values[i], inner);
            }
        });
    }

    private void RunCallBlock(Statement.CallBlock block, Scope scope)
    {
        var caller = new Macro("caller", block.Caller, scope);
        object? target = Expressions.Evaluate(block.Call.Target, scope);
        CallArguments arguments = Expressions.Arguments(block.Call.Arguments, scope);
        arguments = arguments with { Keywords = [.. arguments.Keywords, KeyValuePair.Create<string, object?>("caller", caller)] };
        interpreter.Output.Write(OnlyText(interpreter.Call(target, arguments), "call"));
    }

    // In the reference the body is a macro that is called without arguments, and has these names of its own.
    private void RunGeneration(Statement.Generation block, Scope scope) =>
        interpreter.Output.WriteGenerated(() => RunInner(block.Body, scope, inner =>
        {
            inner.Set("caller", new Undefined("No caller defined"));
            inner.Set("varargs", new TupleValue([]));
            inner.Set("kwargs", new DictValue());
        }));

    private Flow RunFilterBlock(Statement.FilterBlock block, Scope scope)
    {
        (string written, Flow flow) = interpreter.Output.Capture(() => RunInner(block.Body, scope));
        if (flow == Flow.Next)
        {
            interpreter.Output.Write(OnlyText(Expressions.ApplyFilters(block.Filter, written, scope), "filter"));
        }

        return flow;
    }

    // Unlike {{ }}, these blocks write text only.
    private static string OnlyText(object? value, string tag) => value as string
        ?? throw new TemplateError($"the block '{tag}' gives {TypeNames.Of(value)}, and only str can be written");
}

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    /// <summary>The next statement runs.</summary>
    Next,

    /// <summary>The loop around it ends.</summary>
    Break,

    /// <summary>The loop around it continues with its next item.</summary>
    Continue,
}
