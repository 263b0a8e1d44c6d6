namespace Peft.Declarative.Text.Templates.Syntax;

/// <summary>What a macro, or the body of a call block, takes and does.</summary>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Body">Its statements.</param>
/// <param name="UsesCaller">Whether it mentions <c>caller</c>, the body of the call block that calls it.</param>
/// <param name="UsesVarargs">Whether it mentions <c>varargs</c>, and so takes any number of arguments.</param>
/// <param name="UsesKwargs">Whether it mentions <c>kwargs</c>, and so takes arguments of any name.</param>
internal sealed record MacroBody(
    IReadOnlyList<Parameter> Parameters,
    Body Body,
    bool UsesCaller,
    bool UsesVarargs,
    bool UsesKwargs);
