using Peft.Declarative.Generators.Emit;

namespace Peft.Declarative.Generators.Model;

/// <summary>A problem of a declaration. The analyzer reports it; in the generator's output, it only changes AttachAdapters.</summary>
/// <param name="Id">The id of the rule.</param>
/// <param name="Message">The message: what is wrong, where, and what to do.</param>
/// <param name="Place">The source location.</param>
/// <param name="Suggestions">The suggestions for a fix, best first.</param>
/// <param name="Other">The second source location, for two declarations that conflict.</param>
internal sealed record Problem(string Id, string Message, SourcePlace Place, EquatableArray<string> Suggestions = default, SourcePlace? Other = null)
{
    /// <summary>The expression that throws the problem at run time.</summary>
    internal string Throw(TypeNames types) => $"throw new {types["PeftException"]}({Literal.Of(Id)}, {Literal.Of(Message)})";
}

/// <summary>
/// A location in the source of a declaration, by names and numbers. A Roslyn location would tie the model to one version of the file; the analyzer
/// converts this one to it.
/// </summary>
/// <param name="Member">The member with the attribute; empty for the class.</param>
/// <param name="Attribute">The index of the attribute of that symbol, over all of them; -1 for the symbol's own name or type.</param>
/// <param name="Argument">The argument of the attribute; empty for all of it.</param>
/// <param name="Element">The index in the argument's list, or -1.</param>
/// <param name="Owner">The metadata name of the type that declares the member, if that is not the model itself.</param>
internal sealed record SourcePlace(string Member, int Attribute, string Argument = "", int Element = -1, string Owner = "")
{
    /// <summary>The location in the file <see cref="Owner"/>. Only the analyzer, which has the files, creates such locations.</summary>
    internal Microsoft.CodeAnalysis.Text.TextSpan? Syntax { get; init; }

    /// <summary>The index for the member's own name.</summary>
    internal const int ByName = -2;

    /// <summary>The class's name.</summary>
    internal static SourcePlace ClassName { get; } = new("", -1);

    /// <summary>The type of a field or property.</summary>
    internal static SourcePlace TypeOf(string owner, string member) => new(member, -1, Owner: owner);

    /// <summary>The name of a member of the class.</summary>
    internal static SourcePlace NameOf(string member) => new(member, ByName);

    /// <summary>Gets the location of an argument of the attribute at this location.</summary>
    internal SourcePlace At(string argument, int element = -1) => this with { Argument = argument, Element = element };
}
