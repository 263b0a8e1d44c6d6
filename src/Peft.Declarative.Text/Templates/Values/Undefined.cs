namespace Peft.Declarative.Text.Templates.Values;

/// <summary>The value of a name or attribute that does not exist: empty text, false, no items, and an error for anything else.</summary>
/// <param name="Reason">What the error says.</param>
internal sealed record Undefined(string Reason)
{
    internal static Undefined Variable(string name) => new($"'{name}' is undefined");

    internal static Undefined Member(object? owner, object? key) => key is string name
        ? new Undefined($"'{TypeNames.Of(owner)} object' has no attribute '{name}'")
        : new Undefined($"{TypeNames.Of(owner)} object has no element {PythonText.Repr(key)}");

    /// <summary>For a member that exists in Python and that the sandbox denies.</summary>
    internal static Undefined Unsafe(object? owner, string name) =>
        new($"access to attribute '{name}' of '{TypeNames.Of(owner)}' object is unsafe.");

    internal TemplateError Error() => new(Reason);
}

/// <summary>An error while rendering; the interpreter adds the line. Its text is that of Python where Python has one.</summary>
internal sealed class TemplateError(string reason, bool raisedByTemplate = false) : Exception(reason)
{
    internal bool RaisedByTemplate { get; } = raisedByTemplate;
}
