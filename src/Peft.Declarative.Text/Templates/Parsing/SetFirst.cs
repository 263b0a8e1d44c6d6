using Peft.Declarative.Text.Templates.Syntax;

namespace Peft.Declarative.Text.Templates.Parsing;

/// <summary>Finds the variables that a body sets before it reads them, which the reference decides before it runs anything.</summary>
internal sealed class SetFirst
{
    private readonly List<string> _names = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    internal static IReadOnlyList<string> Of(IReadOnlyList<Statement> statements)
    {
        var found = new SetFirst();
        found.Visit(statements, always: true);
        return found._names;
    }

    // Bodies inside have variables of their own and are not looked at. What only an 'if' sets counts as read first.
    private void Visit(IReadOnlyList<Statement> statements, bool always)
    {
        foreach (Statement statement in statements)
        {
            switch (statement)
            {
                case Statement.Print print: Read(print.Value); break;
                case Statement.If branches: VisitIf(branches); break;
                case Statement.For loop: Read(loop.Iterable); break;
                case Statement.Set set:
                    Read(set.Value);
                    Set(set.Target, always);
                    break;
                case Statement.SetBlock block: Set(block.Target, always); break;
                case Statement.With with: with.Assignments.ToList().ForEach(assignment => Read(assignment.Value)); break;
                case Statement.Macro macro: Set(macro.Id, always); break;
                case Statement.CallBlock call: Read(call.Call); break;
                case Statement.FilterBlock filter: Read(filter.Filter); break;
                default: break;
            }
        }
    }

    private void VisitIf(Statement.If branches)
    {
        foreach ((Expression condition, IReadOnlyList<Statement> statements) in branches.Branches)
        {
            Read(condition);
            Visit(statements, always: false);
        }

        Visit(branches.Otherwise, always: false);
    }

    private void Read(Expression expression) => _seen.UnionWith(ExpressionWalker.WithParts(expression).OfType<Expression.Name>().Select(name => name.Id));

    private void Set(Target target, bool always)
    {
        switch (target)
        {
            case Target.Variable variable: Set(variable.Id, always); break;
            case Target.NamespaceAttribute attribute: _seen.Add(attribute.Namespace); break;
            case Target.Several several: several.Targets.ToList().ForEach(one => Set(one, always)); break;
            default: break;
        }
    }

    private void Set(string name, bool always)
    {
        if (_seen.Add(name) && always)
        {
            _names.Add(name);
        }
    }
}
