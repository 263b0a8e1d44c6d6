using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reads [PeftApp], and the properties of the project on which its program depends.</summary>
internal static class AppReader
{
    private static readonly ConditionalWeakTable<Compilation, List<string>> Apps = new();

    internal static AppSpec? Read(AttributeReader? app, INamedTypeSymbol type, Compilation compilation, ParseContext context)
    {
        if (app is null) return null;

        bool hasPackage = compilation.GetTypesByMetadataName(KnownNames.AppConsole + "`1").Any() || compilation.GetTypesByMetadataName(KnownNames.AppConsole).Any();
        bool hasMain = HasOwnMain(compilation);
        List<string> all = Apps.GetValue(compilation, Declared);
        if (!hasPackage) context.Report(RuleIds.AppPackageMissing, RuleTexts.AppPackageMissing(type.Name), app.Place);
        else if (!type.DerivesFrom(KnownNames.CausalLanguageModel)) context.Report(RuleIds.NeedsCausalModel, RuleTexts.AppNeedsCausalModel(type.Name), app.Place);
        else if (TypeShapeReader.Outer(type).Append(type).Any(t => t.Arity > 0)) context.Report(RuleIds.ClassNotCompletable, RuleTexts.AppGeneric(type.Name), app.Place);
        else if (TypeShapeReader.Outer(type).Append(type).Any(IsHidden)) context.Report(RuleIds.ClassNotCompletable, RuleTexts.AppHidden(type.Name), app.Place);
        else if (all.Count > 1 && !hasMain && IsProgram(compilation)) context.Report(RuleIds.ClassNotCompletable, RuleTexts.AppTwice(all), app.Place);
        else return new AppSpec(hasMain, FreeName(type));

        return null;
    }

    private static bool IsProgram(Compilation compilation) => compilation.Options.OutputKind is OutputKind.ConsoleApplication or OutputKind.WindowsApplication;

    private static bool IsHidden(INamedTypeSymbol type) =>
        type.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal;

    private static string FreeName(INamedTypeSymbol type)
    {
        string name = type.Name + "App";
        while (type.ContainingNamespace.GetTypeMembers(name).Any() || type.ContainingNamespace.GetNamespaceMembers().Any(space => space.Name == name)) name = name.Insert(type.Name.Length, "Console");
        return name;
    }

    /// <summary>Searches by name, because looking for the entry point would bind every method of the project.</summary>
    private static bool HasOwnMain(Compilation compilation) =>
        compilation.SyntaxTrees.Any(tree => tree.GetRoot() is CompilationUnitSyntax unit && unit.Members.OfType<GlobalStatementSyntax>().Any())
        || compilation.ContainsSymbolsWithName("Main", SymbolFilter.Member);

    /// <summary>Gets the names of the classes with the attribute. Methods are not searched.</summary>
    private static List<string> Declared(Compilation compilation) => compilation.SyntaxTrees
        .SelectMany(tree => tree.GetRoot().DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax))
        .OfType<ClassDeclarationSyntax>()
        .Where(type => type.AttributeLists.SelectMany(list => list.Attributes).Any(IsApp))
        .Select(type => type.Identifier.ValueText)
        .ToList();

    private static bool IsApp(AttributeSyntax attribute)
    {
        string name = attribute.Name.ToString();
        return name.Substring(name.LastIndexOf('.') + 1) is "PeftApp" or "PeftAppAttribute";
    }
}
