namespace Peft.Declarative.Text.Templates.Syntax;

/// <summary>A part of a template that does something, with its line.</summary>
internal abstract record Statement(int Line)
{
    /// <summary>Literal text.</summary>
    internal sealed record Text(int Line, string Content) : Statement(Line);

    /// <summary><c>{{ a }}</c>.</summary>
    internal sealed record Print(int Line, Expression Value) : Statement(Line);

    /// <summary><c>if</c>, <c>elif</c> and <c>else</c>.</summary>
    internal sealed record If(
        int Line,
        IReadOnlyList<(Expression Condition, IReadOnlyList<Statement> Statements)> Branches,
        IReadOnlyList<Statement> Otherwise) : Statement(Line);

    /// <summary><c>for</c>, with its condition, its <c>else</c> and whether it can call itself.</summary>
    internal sealed record For(
        int Line,
        Target Target,
        Expression Iterable,
        Expression? Condition,
        bool Recursive,
        Body Body,
        Body Otherwise) : Statement(Line);

    /// <summary><c>break</c> or <c>continue</c>.</summary>
    internal sealed record LoopControl(int Line, bool Breaks) : Statement(Line);

    /// <summary><c>set a = b</c>.</summary>
    internal sealed record Set(int Line, Target Target, Expression Value) : Statement(Line);

    /// <summary><c>set a</c> … <c>endset</c>, perhaps through filters.</summary>
    internal sealed record SetBlock(int Line, Target Target, Expression? Filter, Body Body) : Statement(Line);

    /// <summary><c>with a = b</c>.</summary>
    internal sealed record With(
        int Line,
        IReadOnlyList<(Target Target, Expression Value)> Assignments,
        Body Body) : Statement(Line);

    /// <summary><c>macro</c>.</summary>
    internal sealed record Macro(int Line, string Id, MacroBody Definition) : Statement(Line);

    /// <summary><c>call</c>: calls a macro that can call the body back.</summary>
    internal sealed record CallBlock(int Line, MacroBody Caller, Expression.Call Call) : Statement(Line);

    /// <summary><c>filter</c>: what the body writes goes through filters.</summary>
    internal sealed record FilterBlock(int Line, Expression Filter, Body Body) : Statement(Line);

    /// <summary><c>generation</c>: what the body writes is the model's part.</summary>
    internal sealed record Generation(int Line, Body Body) : Statement(Line);

    /// <summary><c>block</c>. It sees the variables of the template's top; a scoped one, those around it.</summary>
    internal sealed record Block(int Line, bool Scoped, Body Body) : Statement(Line);

    /// <summary><c>autoescape</c>. Chat templates are no HTML, so it can only be switched off.</summary>
    internal sealed record AutoEscape(int Line, Expression Enabled, Body Body) : Statement(Line);

    /// <summary>A tag that reads other templates; there are none, so it fails when it is reached.</summary>
    internal sealed record OtherTemplate(int Line, string Tag) : Statement(Line);
}

/// <summary>A target of an assignment.</summary>
internal abstract record Target(int Line)
{
    /// <summary>A variable.</summary>
    internal sealed record Variable(int Line, string Id) : Target(Line);

    /// <summary>Several at once, from the items of a value.</summary>
    internal sealed record Several(int Line, IReadOnlyList<Target> Targets) : Target(Line);

    /// <summary>An attribute of a namespace, which inner scopes may change.</summary>
    internal sealed record NamespaceAttribute(int Line, string Namespace, string Id) : Target(Line);
}

/// <summary>Statements with variables of their own, such as the rounds of a loop or a macro.</summary>
/// <param name="Statements">The statements.</param>
/// <param name="SetFirst">
/// Variables that they set before they read them. Unless an outer block has them, they are undefined until then, even if the caller passed
/// one of that name, as in the reference.
/// </param>
internal sealed record Body(IReadOnlyList<Statement> Statements, IReadOnlyList<string> SetFirst)
{
    internal static Body Empty { get; } = new([], []);
}

/// <summary>Parameters and statements of a macro, or of the body of a call block.</summary>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Body">Its statements.</param>
/// <param name="UsesCaller">Whether it mentions <c>caller</c>, the body of the call block that calls it.</param>
/// <param name="UsesVarargs">Whether it mentions <c>varargs</c>, and so accepts any number of arguments.</param>
/// <param name="UsesKwargs">Whether it mentions <c>kwargs</c>, and so accepts arguments of any name.</param>
internal sealed record MacroBody(
    IReadOnlyList<Parameter> Parameters,
    Body Body,
    bool UsesCaller,
    bool UsesVarargs,
    bool UsesKwargs);

/// <summary>A parameter of a macro.</summary>
internal sealed record Parameter(string Id, Expression? Default);
