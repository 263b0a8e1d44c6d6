using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peft.Declarative.Generators.Methods;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>One attribute of a declaration: an instance of it, and additional data from the source.</summary>
internal sealed class AttributeReader(AttributeData data, SourcePlace place)
{
    /// <summary>The compiler's data of the attribute.</summary>
    internal AttributeData Data => data;

    /// <summary>The source location of the attribute.</summary>
    internal SourcePlace Place => place;

    /// <summary>The method of the attribute; <see langword="null"/> if it does not declare an adapter.</summary>
    internal AdapterMethod? Method { get; } = MethodCatalog.Find(data.AttributeClass);

    /// <summary>The identity of the adapter that the attribute declares.</summary>
    internal AdapterIdentity Identity => new(Method!, Value<AdapterAttribute>().Name, place, Written) 
    {
        IsUnnamed = !IsSet(nameof(AdapterAttribute.Name)),
        LearningRate = !IsSet(nameof(AdapterAttribute.LearningRate)) ? ""
            : WrittenNumber(nameof(AdapterAttribute.LearningRate)) ?? Emit.Literal.Of(Value<AdapterAttribute>().LearningRate),
    };

    /// <summary>The name of the attribute in the source.</summary>
    internal string Name => WithoutEnding(data.AttributeClass!.Name);

    /// <summary>The attribute as written in the source, on one line.</summary>
    internal string Written
    {
        get
        {
            string arguments = Syntax?.ArgumentList?.NormalizeWhitespace(indentation: "", eol: " ").ToString() ?? "";
            return $"[{Name}{arguments}]";
        }
    }

    /// <summary>The names of the properties that are set.</summary>
    internal IEnumerable<string> Named => data.NamedArguments.Select(argument => argument.Key).Where(name => Value<Attribute>().GetType().GetProperty(name) is not null);

    /// <summary>All arguments with the names of their parameters or properties.</summary>
    internal IEnumerable<(string Argument, TypedConstant Value)> Arguments => data.ConstructorArguments
        .Select((value, i) => (data.AttributeConstructor!.Parameters[i].Name, value))
        .Concat(data.NamedArguments.Select(argument => (argument.Key, argument.Value)));

    /// <summary>Gets all attributes of a symbol.</summary>
    /// <param name="symbol">The model's class, or a member of it.</param>
    /// <param name="member">The name of the member; empty for the class.</param>
    internal static IEnumerable<AttributeReader> On(ISymbol symbol, string member) =>
        symbol
        .GetAttributes()
        .Select((attribute, i) => new AttributeReader(attribute, new SourcePlace(member, i)))
        .Where(attribute => attribute.Data.AttributeClass is not null);

    internal bool Is<T>()
        where T : Attribute => data.Is<T>();

    /// <summary>Gets the attribute, with its own defaults.</summary>
    internal T Value<T>()
        where T : Attribute => (T)AttributeInstance.Of(data);

    internal bool IsSet(string property) => data.NamedArguments.Any(argument => argument.Key == property);

    /// <summary>Gets the value of a property; <see langword="null"/> if it is not set.</summary>
    internal T? IfSet<T>(string property, T value)
        where T : struct => IsSet(property) ? value : null;

    /// <summary>Gets a number as written in the source (<c>2e-4</c>); <see langword="null"/> if it is an expression.</summary>
    internal string? WrittenNumber(string property)
    {
        AttributeArgumentSyntax? argument = Syntax?.ArgumentList?.Arguments.FirstOrDefault(a => a.NameEquals?.Name.Identifier.ValueText == property);
        return argument?.Expression is LiteralExpressionSyntax literal && literal.IsKind(SyntaxKind.NumericLiteralExpression) ? literal.Token.Text : null;
    }

    private AttributeSyntax? Syntax => data.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax;

    private static string WithoutEnding(string name) =>
        name.EndsWith("Attribute", StringComparison.Ordinal) ? name.Substring(0, name.Length - "Attribute".Length) : name;
}
