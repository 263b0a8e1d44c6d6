using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>
/// Reads one class with its attributes into a model without symbols. Generator and analyzer read the same way, so what the one generates and
/// the other complains about cannot differ.
/// </summary>
internal static class DeclarationParser
{
    /// <summary>The declaration on a class; null if nothing on it or its members declares an adapter.</summary>
    internal static ModelDeclaration? Parse(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        List<AttributeReader> attributes = AdapterAttributes.On(type);
        if (attributes.Count == 0) return null;

        var problems = new List<Problem>();
        bool isModel = type.IsModule();

        // A base class that the compiler cannot find has been reported by the compiler.
        bool isBroken = type.BaseTypesAndSelf().Any(t => t.TypeKind == TypeKind.Error);
        if (!isModel && !isBroken) problems.Add(new(RuleIds.NotAModel, RuleTexts.NotAModel(type.Name, attributes[0].Method), attributes[0].Place));
        bool isPartial = IsPartial(type, attributes[0].Method, cancellation, problems);

        ModuleTreeSpec tree = isModel ? ModuleTree.Read(type, compilation, cancellation) : new ModuleTreeSpec(default, default, default, "", "", "");
        ModelShape shape = ModelShapeReader.Read(type);
        var context = new ParseContext(type.Name, shape, tree, problems);
        List<AdapterSpec> adapters = AdapterList.Read(attributes, context);
        QuantizeSpec? quantize = QuantizeReader.Read(ClassAttribute(type, KnownNames.Quantize), context);
        AttributeReader? training = ClassAttribute(type, KnownNames.Training);
        PackingCheck.Run(training, type, adapters, context);
        AttributeReader? config = ClassAttribute(type, KnownNames.BaseConfig);
        return new ModelDeclaration(
            TypeShapeReader.Read(type, shape.Config),
            shape with { UserMembers = shape.UserMembers.Concat(TakenHandles(type, adapters)).ToEquatableArray() },
            tree,
            adapters.ToEquatableArray(),
            TrainingReader.Read(training, context),
            config?.FirstText(),
            config?.Place ?? Place.ClassName,
            Budget(ClassAttribute(type, KnownNames.Budget)),
            App(type, compilation, context),
            isModel ? problems.ToEquatableArray() : problems.Take(1).ToEquatableArray())
        {
            Name = type.Name,
            Quantize = quantize,
            CanBeGenerated = isModel && isPartial,
        };
    }

    /// <summary>Only names that handles might get: the model must not change with every member of the class.</summary>
    private static IEnumerable<string> TakenHandles(INamedTypeSymbol type, IEnumerable<AdapterSpec> adapters) => adapters
        .Select(HandleNames.Wanted)
        .Distinct()
        .Where(name => type.BaseTypesAndSelf().Any(t => t.GetMembers(name).Any()));

    private static AttributeReader? ClassAttribute(INamedTypeSymbol type, string name)
    {
        var attributes = type.GetAttributes();
        for (int i = 0; i < attributes.Length; i++)
        {
            if (attributes[i].AttributeClass?.Is(name) == true) return new AttributeReader(attributes[i], new Place("", i));
        }

        return null;
    }

    private static bool IsPartial(INamedTypeSymbol type, string method, CancellationToken cancellation, List<Problem> problems)
    {
        bool Is(INamedTypeSymbol t) => t.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax(cancellation))
            .OfType<TypeDeclarationSyntax>()
            .All(syntax => syntax.Modifiers.Any(Microsoft.CodeAnalysis.CSharp.SyntaxKind.PartialKeyword));

        if (!Is(type)) problems.Add(new(RuleIds.NotPartial, RuleTexts.NotPartial(type.Name, method), Place.ClassName));
        else if (TypeShapeReader.Outer(type).FirstOrDefault(outer => !Is(outer)) is { } outer)
            problems.Add(new(RuleIds.NotPartial, RuleTexts.OuterNotPartial(type.Name, method, outer.Name), Place.ClassName));
        else return true;

        return false;
    }

    private static BudgetSpec? Budget(AttributeReader? attribute) => attribute is null
        ? null
        : new BudgetSpec(attribute.Value<long>("MaxTrainable") ?? 0, attribute.Value<double>("MaxMemoryGiB") ?? 0, attribute.Place);

    private static AppSpec? App(INamedTypeSymbol type, Compilation compilation, ParseContext context)
    {
        if (ClassAttribute(type, KnownNames.App) is not { } app) return null;

        bool hasPackage = compilation.GetTypesByMetadataName(KnownNames.AppConsole + "`1").Any() || compilation.GetTypesByMetadataName(KnownNames.AppConsole).Any();
        if (!hasPackage) context.Report(RuleIds.AppPackageMissing, RuleTexts.AppPackageMissing(type.Name), app.Place);
        else if (!type.DerivesFrom(KnownNames.CausalLanguageModel)) context.Report(RuleIds.NeedsCausalModel, RuleTexts.AppNeedsCausalModel(type.Name), app.Place);
        else return new AppSpec(HasOwnMain(compilation));

        return null;
    }

    /// <summary>Asked by name: to look for the entry point would bind every method of the project.</summary>
    private static bool HasOwnMain(Compilation compilation) =>
        compilation.SyntaxTrees.Any(tree => tree.GetRoot() is CompilationUnitSyntax unit && unit.Members.OfType<GlobalStatementSyntax>().Any())
        || compilation.ContainsSymbolsWithName("Main", SymbolFilter.Member);
}
