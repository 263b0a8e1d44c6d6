namespace Peft.Declarative.Text.Templates.Syntax;

/// <summary>An expression of a template, with its line.</summary>
internal abstract record Expression(int Line)
{
    /// <summary>A number, string, True, False or None.</summary>
    internal sealed record Literal(int Line, object? Value) : Expression(Line);

    /// <summary>A variable.</summary>
    internal sealed record Name(int Line, string Id) : Expression(Line);

    /// <summary><c>[a, b]</c>.</summary>
    internal sealed record ListOf(int Line, IReadOnlyList<Expression> Items) : Expression(Line);

    /// <summary><c>(a, b)</c>, with or without parentheses.</summary>
    internal sealed record TupleOf(int Line, IReadOnlyList<Expression> Items) : Expression(Line);

    /// <summary><c>{a: b}</c>.</summary>
    internal sealed record DictOf(int Line, IReadOnlyList<(Expression Key, Expression Value)> Entries) : Expression(Line);

    /// <summary><c>a.b</c>.</summary>
    internal sealed record Attribute(int Line, Expression Target, string Id) : Expression(Line);

    /// <summary><c>a[b]</c>.</summary>
    internal sealed record Item(int Line, Expression Target, Expression Key) : Expression(Line);

    /// <summary><c>b:c:d</c> inside brackets.</summary>
    internal sealed record Slice(int Line, Expression? Start, Expression? Stop, Expression? Step) : Expression(Line);

    /// <summary><c>a(b)</c>.</summary>
    internal sealed record Call(int Line, Expression Target, ArgumentList Arguments) : Expression(Line);

    /// <summary><c>a | b(c)</c>; without a target inside filter blocks.</summary>
    internal sealed record Filter(int Line, Expression? Target, string Id, ArgumentList Arguments) : Expression(Line);

    /// <summary><c>a is b(c)</c>.</summary>
    internal sealed record Test(int Line, Expression Target, string Id, ArgumentList Arguments) : Expression(Line);

    /// <summary><c>not a</c>.</summary>
    internal sealed record Not(int Line, Expression Operand) : Expression(Line);

    /// <summary><c>-a</c> or <c>+a</c>.</summary>
    internal sealed record Signed(int Line, bool Negative, Expression Operand) : Expression(Line);

    /// <summary>Arithmetic with two operands.</summary>
    internal sealed record Binary(int Line, string Operator, Expression Left, Expression Right) : Expression(Line);

    /// <summary><c>a and b</c>, <c>a or b</c>; the value is one of the operands.</summary>
    internal sealed record Logical(int Line, bool IsAnd, Expression Left, Expression Right) : Expression(Line);

    /// <summary><c>a &lt; b &lt;= c</c>: every neighbouring pair must hold.</summary>
    internal sealed record Compare(int Line, Expression First, IReadOnlyList<(string Operator, Expression Operand)> Rest) : Expression(Line);

    /// <summary><c>a ~ b</c>: as text, one after the other.</summary>
    internal sealed record Concat(int Line, IReadOnlyList<Expression> Parts) : Expression(Line);

    /// <summary><c>a if b else c</c>; without else, undefined.</summary>
    internal sealed record Conditional(int Line, Expression Condition, Expression Then, Expression? Otherwise) : Expression(Line);
}

/// <summary>The arguments of a call.</summary>
/// <param name="Positional">Arguments by position.</param>
/// <param name="Keywords">Arguments by name.</param>
/// <param name="Rest">After <c>*</c>: more by position.</param>
/// <param name="KeywordRest">After <c>**</c>: more by name.</param>
internal sealed record ArgumentList(
    IReadOnlyList<Expression> Positional,
    IReadOnlyList<(string Name, Expression Value)> Keywords,
    Expression? Rest,
    Expression? KeywordRest)
{
    internal static ArgumentList Empty { get; } = new([], [], null, null);
}
