using Peft.Declarative.Text.Templates.Builtins;
using Peft.Declarative.Text.Templates.Syntax;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>One rendering of a template: its budget, its output, and the evaluator of expressions and runner of statements.</summary>
internal sealed class Interpreter
{
    private readonly DictValue _variables;

    internal Interpreter(DictValue variables, DateTimeOffset now, TemplateLimits limits)
    {
        _variables = variables;
        Now = now;
        Budget = new Budget(limits);
        Output = new Output(Budget);
        Expressions = new ExpressionEvaluator(this);
        Statements = new StatementRunner(this);
    }

    internal Budget Budget { get; }

    internal Output Output { get; }

    internal ExpressionEvaluator Expressions { get; }

    internal StatementRunner Statements { get; }

    /// <summary>The time that <c>strftime_now</c> returns.</summary>
    internal DateTimeOffset Now { get; }

    /// <summary>Line of the code that is being evaluated.</summary>
    internal int Line { get; set; } = 1;

    /// <summary>Renders the whole template.</summary>
    /// <exception cref="TemplateException">Something in it failed.</exception>
    internal void Run(Body template)
    {
        using Budget.Lease lease = Budget.Use();
        try
        {
            Statements.RunInner(template, outer: null);
        }
        catch (TemplateError error)
        {
            throw new TemplateException(Line, error.Message, error.RaisedByTemplate, error);
        }
    }

    /// <summary>Value of a variable: the template's own first, then what the caller passed, then the language's.</summary>
    internal object? Variable(string name, Scope scope) =>
        scope.TryGet(name, out object? value) || _variables.TryGet(name, out value) || Globals.TryGet(name, out value) ? value : Undefined.Variable(name);

    internal object? Call(object? target, CallArguments arguments) => target switch
    {
        CallableValue callable => callable.Call(this, arguments),
        Undefined undefined => throw undefined.Error(),
        _ => throw new TemplateError($"'{TypeNames.Of(target)}' object is not callable"),
    };

    /// <summary>Items of a value, each charged when it is read.</summary>
    internal IEnumerable<object?> Items(object? value)
    {
        foreach (object? item in Iteration.Items(value))
        {
            Budget.Charge(1);
            yield return item;
        }
    }
}
