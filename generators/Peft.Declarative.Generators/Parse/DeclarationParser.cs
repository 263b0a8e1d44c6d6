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
        List<AttributeReader> own = AttributeReader.On(type, "").ToList();
        List<AttributeReader> adapters = Adapters(own, type).ToList();
        if (adapters.Count == 0) return null;

        var problems = new List<Problem>();
        bool isModel = type.IsModule();

        // A base class that the compiler cannot find has been reported by the compiler.
        bool isBroken = type.BaseTypesAndSelf().Any(t => t.TypeKind == TypeKind.Error);
        if (!isModel && !isBroken) problems.Add(new(RuleIds.NotAModel, RuleTexts.NotAModel(type.Name, adapters[0].Name), adapters[0].Place));
        bool isPartial = IsPartial(type, adapters[0].Name, cancellation, problems);

        ModuleTreeSpec tree = isModel ? ModuleTree.Read(type, compilation, cancellation) : ModuleTreeSpec.Empty;
        ModelShape shape = ModelShapeReader.Read(type);
        var context = new ParseContext(type.Name, shape, tree, problems);
        List<AdapterSpec> specs = AdapterList.Read(adapters, context);
        QuantizeSpec? quantize = QuantizeReader.Read(Find<QuantizeAttribute>(own), context);
        AttributeReader? training = Find<TrainingAttribute>(own);
        PackingCheck.Run(training, type, specs, context);
        AttributeReader? config = Find<BaseConfigAttribute>(own);
        return new ModelDeclaration(
            TypeShapeReader.Read(type, shape.Config),
            shape with { UserMembers = shape.UserMembers.Concat(TakenHandles(type, specs)).ToEquatableArray() },
            tree,
            specs.ToEquatableArray(),
            TrainingReader.Read(training, context),
            config?.Value<BaseConfigAttribute>().Path,
            config?.Place ?? SourcePlace.ClassName,
            Budget(Find<BudgetAttribute>(own)),
            App(Find<PeftAppAttribute>(own), type, compilation, context),
            isModel ? problems.ToEquatableArray() : problems.Take(1).ToEquatableArray())
        {
            Name = type.Name,
            Quantize = quantize,
            CanBeGenerated = isModel && isPartial,
        };
    }

    /// <summary>
    /// The first of a class's adapter attributes: those on the class come before those on its members, in the order they are written. A class is
    /// generated at this one.
    /// </summary>
    internal static AttributeData? First(INamedTypeSymbol type) => Adapters(AttributeReader.On(type, ""), type).FirstOrDefault()?.Data;

    private static IEnumerable<AttributeReader> Adapters(IEnumerable<AttributeReader> own, INamedTypeSymbol type) => own
        .Concat(type.GetMembers().Where(member => member is IFieldSymbol or IPropertySymbol).SelectMany(member => AttributeReader.On(member, member.Name)))
        .Where(attribute => attribute.Method is not null);

    /// <summary>Only names that handles might get: the model must not change with every member of the class.</summary>
    private static IEnumerable<string> TakenHandles(INamedTypeSymbol type, IEnumerable<AdapterSpec> adapters) => adapters
        .Select(HandleNames.Wanted)
        .Distinct()
        .Where(name => type.BaseTypesAndSelf().Any(t => t.GetMembers(name).Any()));

    private static AttributeReader? Find<T>(IEnumerable<AttributeReader> attributes)
        where T : Attribute => attributes.FirstOrDefault(attribute => attribute.Is<T>());

    private static bool IsPartial(INamedTypeSymbol type, string method, CancellationToken cancellation, List<Problem> problems)
    {
        bool Is(INamedTypeSymbol t) => t.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax(cancellation))
            .OfType<TypeDeclarationSyntax>()
            .All(syntax => syntax.Modifiers.Any(Microsoft.CodeAnalysis.CSharp.SyntaxKind.PartialKeyword));

        if (!Is(type)) problems.Add(new(RuleIds.NotPartial, RuleTexts.NotPartial(type.Name, method), SourcePlace.ClassName));
        else if (TypeShapeReader.Outer(type).FirstOrDefault(outer => !Is(outer)) is { } outer)
            problems.Add(new(RuleIds.NotPartial, RuleTexts.OuterNotPartial(type.Name, method, outer.Name), SourcePlace.ClassName));
        else return true;

        return false;
    }

    private static BudgetSpec? Budget(AttributeReader? attribute) => attribute?.Value<BudgetAttribute>() is { } budget
        ? new BudgetSpec(budget.MaxTrainable, budget.MaxMemoryGiB, attribute.Place)
        : null;

    private static AppSpec? App(AttributeReader? app, INamedTypeSymbol type, Compilation compilation, ParseContext context)
    {
        if (app is null) return null;

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
