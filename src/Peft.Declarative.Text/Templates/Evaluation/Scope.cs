using Peft.Declarative.Text.Templates.Syntax;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>Variables of a block. Variables that it sets end with it; outer variables can be read, with their value at that time.</summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, object?> _variables = new(StringComparer.Ordinal);

    /// <summary>The scope of the template itself.</summary>
    internal Scope Top => outer is null ? this : outer.Top;

    internal void Set(string name, object? value) => _variables[name] = value;

    internal bool TryGet(string name, out object? value)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._variables.TryGetValue(name, out value))
            {
                return true;
            }
        }

        value = null;
        return false;
    }

    private Scope? Outer => outer;
}

/// <summary>Assigns values to variables.</summary>
internal sealed class Assignment(Interpreter interpreter)
{
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
                space.Attributes.With(attribute.Id, Markup.Unmarked(value));
                break;
            case Target.Several several:
                AssignSeveral(several.Targets, Markup.Unmarked(value), scope);
                break;
            default:
                break;
        }
    }

    private void AssignSeveral(IReadOnlyList<Target> targets, object? value, Scope scope)
    {
        object?[] items = [.. interpreter.Items(value)];
        if (items.Length != targets.Count)
        {
            throw new TemplateError(items.Length > targets.Count
                ? $"too many values to unpack (expected {targets.Count})"
                : $"not enough values to unpack (expected {targets.Count}, got {items.Length})");
        }

        for (int i = 0; i < items.Length; i++)
        {
            Assign(targets[i], items[i], scope);
        }
    }
}
