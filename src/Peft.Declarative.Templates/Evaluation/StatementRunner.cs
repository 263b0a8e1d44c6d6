using System.Runtime.CompilerServices;
using Peft.Declarative.Templates.Syntax;
using Peft.Declarative.Templates.Values;

namespace Peft.Declarative.Templates.Evaluation;

/// <summary>Runs statements.</summary>
internal sealed class StatementRunner(Interpreter interpreter)
{
    internal Flow Run(IReadOnlyList<Statement> statements, Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
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

    private ExpressionEvaluator Expressions => interpreter.Expressions;

    private Flow Run(Statement statement, Scope scope)
    {
        switch (statement)
        {
            case Statement.Text text: interpreter.Output.Write(text.Content); break;
            case Statement.Print print: interpreter.Output.Write(PythonText.Str(Expressions.Evaluate(print.Value, scope))); break;
            case Statement.If branches: return RunIf(branches, scope);
            case Statement.For loop: new ForLoop(interpreter, loop, scope).Run(); break;
            case Statement.LoopControl control: return control.Breaks ? Flow.Break : Flow.Continue;
            case Statement.Set set: Assign(set.Target, Expressions.Evaluate(set.Value, scope), scope); break;
            case Statement.SetBlock block: RunSetBlock(block, scope); break;
            case Statement.With with: RunWith(with, scope); break;
            case Statement.Macro macro: scope.Set(macro.Id, new Macro(macro.Id, macro.Definition, scope)); break;
            case Statement.CallBlock call: RunCallBlock(call, scope); break;
            case Statement.FilterBlock filter: RunFilterBlock(filter, scope); break;
            case Statement.Generation generation: interpreter.Output.WriteGenerated(() => Run(generation.Body, new Scope(scope))); break;
            case Statement.Block block: Run(block.Body, new Scope(scope)); break;
            case Statement.AutoEscape escape when Expressions.IsTrue(escape.Enabled, scope):
                throw new TemplateError("chat templates are not escaped as HTML");
            case Statement.AutoEscape escape: Run(escape.Body, new Scope(scope)); break;
            case Statement.OtherTemplate other:
                throw new TemplateError($"'{other.Tag}' needs another template, and a chat template stands alone");
            default: break;
        }

        return Flow.Next;
    }

    /// <summary>Gives variables their values.</summary>
    internal void Assign(Target target, object? value, Scope scope)
    {
        switch (target)
        {
            case Target.Variable variable:
                scope.Set(variable.Id, value);
                break;
            case Target.NamespaceAttribute attribute:
                var space = interpreter.Variable(attribute.Namespace, scope) as NamespaceValue
                    ?? throw new TemplateError("cannot assign attribute on non-namespace object");
                space.Attributes.With(attribute.Id, value);
                break;
            case Target.Several several:
                object?[] items = [.. interpreter.Items(value)];
                if (items.Length != several.Targets.Count)
                {
                    throw new TemplateError(items.Length > several.Targets.Count
                        ? $"too many values to unpack (expected {several.Targets.Count})"
                        : $"not enough values to unpack (expected {several.Targets.Count}, got {items.Length})");
                }

                for (int i = 0; i < items.Length; i++)
                {
                    Assign(several.Targets[i], items[i], scope);
                }

                break;
            default:
                break;
        }
    }

    private Flow RunIf(Statement.If branches, Scope scope)
    {
        foreach ((Expression condition, IReadOnlyList<Statement> body) in branches.Branches)
        {
            if (Expressions.IsTrue(condition, scope))
            {
                return Run(body, scope);
            }
        }

        return Run(branches.Otherwise, scope);
    }

    private void RunSetBlock(Statement.SetBlock block, Scope scope)
    {
        string written = interpreter.Output.Capture(() => Run(block.Body, new Scope(scope)));
        object? value = block.Filter is null ? written : Expressions.ApplyFilters(block.Filter, written, scope);
        Assign(block.Target, value, scope);
    }

    private void RunWith(Statement.With with, Scope scope)
    {
        // All values are of the outside, also where an earlier assignment has the same name.
        object?[] values = [.. with.Assignments.Select(assignment => Expressions.Evaluate(assignment.Value, scope))];
        var inner = new Scope(scope);
        for (int i = 0; i < values.Length; i++)
        {
            Assign(with.Assignments[i].Target, values[i], inner);
        }

        Run(with.Body, inner);
    }

    private void RunCallBlock(Statement.CallBlock block, Scope scope)
    {
        var caller = new Macro("caller", block.Caller, scope);
        object? target = Expressions.Evaluate(block.Call.Target, scope);
        CallArguments arguments = Expressions.Arguments(block.Call.Arguments, scope);
        arguments = arguments with { Keywords = [.. arguments.Keywords, KeyValuePair.Create<string, object?>("caller", caller)] };
        interpreter.Output.Write(PythonText.Str(interpreter.Call(target, arguments)));
    }

    private void RunFilterBlock(Statement.FilterBlock block, Scope scope)
    {
        string written = interpreter.Output.Capture(() => Run(block.Body, new Scope(scope)));
        interpreter.Output.Write(PythonText.Str(Expressions.ApplyFilters(block.Filter, written, scope)));
    }
}
