using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reads [PeftApp], and the properties of the project on which its program depends.</summary>
internal static class AppReader
{
    internal static AppSpec? Read(AttributeReader? app, INamedTypeSymbol type, Compilation compilation, ParseContext context)
    {
        if (app is null) return null;

        bool hasPackage = compilation.GetTypesByMetadataName(KnownNames.AppConsole + "`1").Any() || compilation.GetTypesByMetadataName(KnownNames.AppConsole).Any();
        ProjectFacts project = ProjectFacts.Of(compilation);
        (string Id, string Text)? refused =
            !hasPackage ? (RuleIds.AppPackageMissing, RuleTexts.AppPackageMissing(type.Name))
            : !type.DerivesFrom(KnownNames.CausalLanguageModel) ? (RuleIds.NeedsCausalModel, RuleTexts.AppNeedsCausalModel(type.Name))
            : TypeShapeReader.Outer(type).Append(type).Any(t => t.Arity > 0) ? (RuleIds.ClassNotCompletable, RuleTexts.AppGeneric(type.Name))
            : TypeShapeReader.Outer(type).Append(type).Any(IsHidden) ? (RuleIds.ClassNotCompletable, RuleTexts.AppHidden(type.Name))
            : project.Apps.Count > 1 && !project.HasProgram && IsProgram(compilation) ? (RuleIds.ClassNotCompletable, RuleTexts.AppTwice(project.Apps))
            : null;
        if (refused is not { } reason) return new AppSpec(project.HasProgram, FreeName(type)) { Serves = compilation.GetTypesByMetadataName(KnownNames.Server).Any() };

        context.Report(reason.Id, reason.Text, app.Place);
        bool needsMain = !project.HasProgram && IsProgram(compilation) && project.Apps.FirstOrDefault() == type.Name;
        return needsMain ? new AppSpec(false, FreeName(type)) { Refused = new Problem(reason.Id, reason.Text, app.Place) } : null;
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
}
