using Peft.Declarative.Text.Templates.Syntax;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>Gives variables their values.</summary>
internal sealed class Assigning(Interpreter interpreter)
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
