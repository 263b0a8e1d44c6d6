namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>Variables of a block. What is set in it is gone after it; what is outside can be read, and is read as it is at that time.</summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, object?> variables = new(StringComparer.Ordinal);

    /// <summary>The scope of the template itself.</summary>
    internal Scope Top => outer is null ? this : outer.Top;

    internal void Set(string name, object? value) => variables[name] = value;

    internal bool TryGet(string name, out object? value)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.variables.TryGetValue(name, out value))
            {
                return true;
            }
        }

        value = null;
        return false;
    }

    private Scope? Outer => outer;
}
