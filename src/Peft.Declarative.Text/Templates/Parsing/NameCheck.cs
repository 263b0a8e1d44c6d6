using Peft.Declarative.Text.Templates.Builtins;
using Peft.Declarative.Text.Templates.Syntax;

namespace Peft.Declarative.Text.Templates.Parsing;

/// <summary>
/// Refuses templates that name a filter or test that does not exist, anywhere in the text. As in the reference, what an <c>if</c> guards is
/// let through, so that a template may ask for a filter before it uses it; that fails when it is reached.
/// </summary>
internal static class NameCheck
{
    internal static void Check(Body body) => Check(body.Statements, guarded: false);

    private static void Check(IReadOnlyList<Statement> statements, bool guarded)
    {
        foreach (Statement statement in statements)
        {
            Check(statement, guarded);
        }
    }

    private static void Check(Statement statement, bool guarded)
    {
        switch (statement)
        {
            case Statement.Print print: Check(print.Value, guarded); break;
            case Statement.Set set: Check(set.Value, guarded); break;
            case Statement.If branches: CheckIf(branches); break;
            case Statement.For loop:
                Check(loop.Iterable, guarded);
                Check(loop.Condition, guarded: false);
                Check(loop.Body);
                Check(loop.Otherwise);
                break;
            case Statement.SetBlock block:
                Check(block.Filter, guarded: false);
                Check(block.Body);
                break;
            case Statement.With with:
                with.Assignments.ToList().ForEach(assignment => Check(assignment.Value, guarded));
                Check(with.Body);
                break;
            case Statement.Macro macro: Check(macro.Definition); break;
            case Statement.CallBlock call:
                Check(call.Caller);
                Check(call.Call, guarded);
                break;
            case Statement.FilterBlock filter:
                Check(filter.Filter, guarded: false);
                Check(filter.Body);
                break;
            case Statement.Generation generation: Check(generation.Body); break;
            case Statement.Block block: Check(block.Body); break;
            case Statement.AutoEscape escape: Check(escape.Body); break;
            default: break;
        }
    }

    private static void CheckIf(Statement.If branches)
    {
        foreach ((Expression condition, IReadOnlyList<Statement> statements) in branches.Branches)
        {
            Check(condition, guarded: true);
            Check(statements, guarded: true);
        }

        Check(branches.Otherwise, guarded: true);
    }

    private static void Check(MacroBody macro)
    {
        macro.Parameters.ToList().ForEach(parameter => Check(parameter.Default, guarded: false));
        Check(macro.Body);
    }

    private static void Check(Expression? whole, bool guarded)
    {
        if (guarded)
        {
            return;
        }

        // All parts of 'a if b else c' are guarded.
        foreach (Expression expression in ExpressionWalker.WithParts(whole, goesInto: part => part is not Expression.Conditional))
        {
            switch (expression)
            {
                case Expression.Filter filter when !Filters.Exists(filter.Id):
                    throw new TemplateException(filter.Line, $"No filter named '{filter.Id}'.");
                case Expression.Test test when !Tests.Exists(test.Id):
                    throw new TemplateException(test.Line, $"No test named '{test.Id}'.");
                default: break;
            }
        }
    }
}
