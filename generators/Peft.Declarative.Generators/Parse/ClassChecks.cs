using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Finds conflicts between a class and the generated members, so that they are reported on the class and not in generated code.</summary>
internal static class ClassChecks
{
    internal static void Run(INamedTypeSymbol type, ModelShape shape, string method, ParseContext context)
    {
        void Report(string text, SourcePlace place) => context.Report(RuleIds.ClassNotCompletable, text, place);

        if (IsFileLocal(type)) Report(RuleTexts.FileLocal(type.Name, method), SourcePlace.ClassName);
        if (shape.IsPretrained) CheckFactories(type, shape, method, text => Report(text, SourcePlace.ClassName));
        foreach (string member in shape.ClashingMembers) Report(RuleTexts.MemberClashes(type.Name, member, GeneratedMembers.InWords(member)), SourcePlace.NameOf(member));
    }

    /// <summary>Determines whether no other file can add to the class.</summary>
    internal static bool IsFileLocal(INamedTypeSymbol type) => TypeShapeReader.Outer(type).Append(type).Any(t => t.IsFileLocal);

    /// <summary>Gets the base class that declares adapters itself; <see langword="null"/> for none.</summary>
    internal static INamedTypeSymbol? AdaptedParent(INamedTypeSymbol type) =>
        type.BaseType?.BaseTypesAndSelf().FirstOrDefault(parent => !parent.DeclaringSyntaxReferences.IsEmpty && DeclarationParser.First(parent.OriginalDefinition) is not null);

    /// <summary>Determines whether the class has a primary constructor that generated code cannot call.</summary>
    internal static bool HasOtherPrimaryConstructor(INamedTypeSymbol type, bool hasConfigConstructor) => !hasConfigConstructor
        && type.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() is ClassDeclarationSyntax { ParameterList: not null });

    /// <summary>Gets the required members that a factory would have to set; none if the constructor sets them.</summary>
    internal static IEnumerable<string> RequiredMembers(INamedTypeSymbol type) => type.BaseTypesAndSelf()
        .TakeWhile(t => !t.DeclaringSyntaxReferences.IsEmpty)
        .SelectMany(t => t.GetMembers())
        .Where(member => member is IFieldSymbol { IsRequired: true } or IPropertySymbol { IsRequired: true })
        .Select(member => member.Name);

    private static void CheckFactories(INamedTypeSymbol type, ModelShape shape, string method, Action<string> report)
    {
        if (type.IsAbstract)
        {
            report(RuleTexts.AbstractModel(type.Name, method));
        }
        else if (AdaptedParent(type) is { } parent)
        {
            report(RuleTexts.ParentAdapted(type.Name, parent.Name, method));
        }
        else if (HasOtherPrimaryConstructor(type, shape.HasConfigConstructor))
        {
            report(RuleTexts.PrimaryConstructor(type.Name));
        }
        else if (shape.RequiredMembers.Count > 0 && !(shape.UserMembers.Contains("FromPretrained") && shape.UserMembers.Contains("FromConfig")))
        {
            report(RuleTexts.RequiredMembers(type.Name, shape.RequiredMembers));
        }
    }
}
