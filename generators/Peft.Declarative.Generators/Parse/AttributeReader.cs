using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reads the arguments of one attribute. What is not set is null, so that the attribute's own defaults hold.</summary>
internal sealed class AttributeReader(AttributeData attribute, Place place)
{
    /// <summary>Where the attribute stands.</summary>
    internal Place Place => place;

    /// <summary>Method name of an adapter attribute: its class name without its ending.</summary>
    internal string Method => WithoutEnding(attribute.AttributeClass!.Name);

    /// <summary>The attribute as the user wrote it, on one line.</summary>
    internal string Written
    {
        get
        {
            var syntax = attribute.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax;
            string arguments = syntax?.ArgumentList?.NormalizeWhitespace(indentation: "", eol: " ").ToString() ?? "";
            return $"[{Method}{arguments}]";
        }
    }

    /// <summary>Names of the arguments that are set.</summary>
    internal IEnumerable<string> Named => attribute.NamedArguments.Select(argument => argument.Key);

    internal bool IsSet(string name) => attribute.NamedArguments.Any(argument => argument.Key == name);

    internal int FirstInt() => IntAt(0);

    /// <summary>A number among the constructor's arguments, or its default.</summary>
    internal int IntAt(int index) => attribute.ConstructorArguments.ElementAtOrDefault(index) is { Kind: TypedConstantKind.Primitive or TypedConstantKind.Enum, Value: int value } ? value : 0;

    /// <summary>The first of the constructor's arguments, as a number; null if there is none.</summary>
    internal double? FirstNumber() => attribute.ConstructorArguments is [{ Value: double value }, ..] ? value : null;

    internal EquatableArray<string> FirstTexts() => attribute.ConstructorArguments is [{ Kind: TypedConstantKind.Array, IsNull: false } list, ..]
        ? list.Values.Select(text => text.Value).OfType<string>().ToEquatableArray()
        : default;

    /// <summary>The first argument, which is optional.</summary>
    internal int IntOr(int usual) => attribute.ConstructorArguments is [{ Value: int value }, ..] ? value : usual;

    internal string FirstText() => attribute.ConstructorArguments is [{ Value: string value }, ..] ? value : "";

    internal T? Value<T>(string name)
        where T : struct => Constant(name)?.Value is T value ? value : null;

    internal string? Text(string name) => Constant(name)?.Value as string;

    /// <summary>An enum's value as its number.</summary>
    internal int EnumValue(string name) => Constant(name) is { Kind: TypedConstantKind.Enum, Value: int value } ? value : 0;

    internal EquatableArray<string>? Texts(string name) => Elements<string>(name)?.ToEquatableArray();

    internal EquatableArray<int>? Ints(string name) => Elements<int>(name)?.ToEquatableArray();

    /// <summary>A number as the user wrote it (<c>2e-4</c>); null if it is an expression.</summary>
    internal string? WrittenNumber(string name)
    {
        var syntax = attribute.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax;
        AttributeArgumentSyntax? argument = syntax?.ArgumentList?.Arguments.FirstOrDefault(a => a.NameEquals?.Name.Identifier.ValueText == name);
        return argument?.Expression is LiteralExpressionSyntax literal && literal.IsKind(SyntaxKind.NumericLiteralExpression) ? literal.Token.Text : null;
    }

    /// <summary>A value as C# writes it.</summary>
    internal string Literal(string name) => Constant(name) is { } constant ? constant.ToCSharpString() : "";

    private IEnumerable<T>? Elements<T>(string name) =>
        Constant(name) is { Kind: TypedConstantKind.Array, IsNull: false } array ? array.Values.Select(element => element.Value).OfType<T>() : null;

    private TypedConstant? Constant(string name)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == name) return argument.Value;
        }

        return null;
    }

    private static string WithoutEnding(string name) =>
        name.EndsWith("Attribute", StringComparison.Ordinal) ? name.Substring(0, name.Length - "Attribute".Length) : name;
}
