using Peft.Declarative.Generators.Emit;

namespace Peft.Declarative.Generators.Model;

/// <summary>Something wrong with a declaration. The analyzer shows it; of the generator's output it only changes what attaching does.</summary>
/// <param name="Id">Id of the rule.</param>
/// <param name="Message">What is wrong, where, and what to do.</param>
/// <param name="Place">Where.</param>
/// <param name="Suggestions">What a fix may put there, best first.</param>
/// <param name="Other">The other place that has a part in it, for two declarations that clash.</param>
internal sealed record Problem(string Id, string Message, SourcePlace Place, EquatableArray<string> Suggestions = default, SourcePlace? Other = null)
{
    /// <summary>The expression that throws it at run time.</summary>
    internal string Throw(TypeNames types) => $"throw new {types["PeftException"]}({Literal.Of(Id)}, {Literal.Of(Message)})";
}

/// <summary>
/// Where in a declaration something stands, told by names and numbers: a location would tie the model to one version of the file. The analyzer
/// turns it into a location.
/// </summary>
/// <param name="Member">Member that carries the attribute; empty for the class.</param>
/// <param name="Attribute">Which attribute of that symbol, counted over all of them; -1 for the symbol's own name or type.</param>
/// <param name="Argument">Argument of the attribute; empty for all of it.</param>
/// <param name="Element">Element of the argument's list, or -1.</param>
/// <param name="Owner">Metadata name of the type that declares the member, if that is not the model itself.</param>
internal sealed record SourcePlace(string Member, int Attribute, string Argument = "", int Element = -1, string Owner = "")
{
    /// <summary>A piece of the file called like <see cref="Owner"/>; only the analyzer, which has the files, makes such places.</summary>
    internal Microsoft.CodeAnalysis.Text.TextSpan? Syntax { get; init; }

    /// <summary>As the number of an attribute: the member's own name.</summary>
    internal const int ByName = -2;

    /// <summary>The class's name.</summary>
    internal static SourcePlace ClassName { get; } = new("", -1);

    /// <summary>The type of a field or property.</summary>
    internal static SourcePlace TypeOf(string owner, string member) => new(member, -1, Owner: owner);

    /// <summary>The name of a member of the class.</summary>
    internal static SourcePlace NameOf(string member) => new(member, ByName);

    /// <summary>An argument of the attribute at this place.</summary>
    internal SourcePlace At(string argument, int element = -1) => this with { Argument = argument, Element = element };
}
