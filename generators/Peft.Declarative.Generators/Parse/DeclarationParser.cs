using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>
/// Parses one class with its attributes into a model without symbols. Generator and analyzer use the same parser, so that generated code and reported
/// problems agree.
/// </summary>
internal static class DeclarationParser
{
    /// <summary>
    /// Parses the declaration of a class; <see langword="null"/> if neither the class nor its members have an attribute of the library.
    /// </summary>
    internal static ModelDeclaration? Parse(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        try
        {
            return ParseUnguarded(type, compilation, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A defect in this library must not affect the other classes of the project.
            return ModelDeclaration.Failed(type.Name, error);
        }
    }

    /// <summary>
    /// Gets the attribute at which a class is generated: the first that declares an adapter, those on the class before those on its members; without
    /// one, the first attribute.
    /// </summary>
    internal static AttributeData? First(INamedTypeSymbol type)
    {
        List<AttributeReader> own = AttributeReader.On(type, "").ToList();
        return (Adapters(own, type).FirstOrDefault() ?? Idle(own))?.Data;
    }

    private static ModelDeclaration? ParseUnguarded(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        List<AttributeReader> own = AttributeReader.On(type, "").ToList();
        List<AttributeReader> adapters = Adapters(own, type).ToList();
        AttributeReader? first = adapters.FirstOrDefault() ?? Idle(own);
        if (first is null) return null;

        var problems = new List<Problem>();
        bool isModel = type.IsModule();

        // The compiler reports a base class that it cannot find.
        bool isBroken = type.BaseTypesAndSelf().Any(t => t.TypeKind == TypeKind.Error);
        if (adapters.Count == 0) problems.Add(new(RuleIds.NoAdapter, RuleTexts.NoAdapter(first.Name, type.Name), first.Place));
        else if (!isModel && !isBroken) problems.Add(new(RuleIds.NotAModel, RuleTexts.NotAModel(type.Name, first.Name), first.Place));
        bool isRefused = type.TypeKind != TypeKind.Class || IsDeclaredTwice(type, cancellation);   // which the compiler says
        bool isPartial = IsPartial(type, first.Name, cancellation, problems);

        ModuleTreeSpec tree = isModel ? ModuleTree.Read(type, compilation, cancellation) : ModuleTreeSpec.Empty;
        ModelShape shape = ModelShapeReader.Read(type);
        var context = new ParseContext(type.Name, shape, tree, problems);
        if (isModel && isPartial) ClassChecks.Run(type, shape, first.Name, context);
        EnumChecks.Run(own.Concat(adapters.Where(adapter => adapter.Place.Member.Length > 0)), context);
        bool alone = !isModel || adapters.Count == 0;   // what follows from that is not worth saying
        adapters.RemoveAll(adapter => isModel && !MemberChecks.HoldsLayers(adapter, type, context));
        List<AdapterSpec> specs = PersonaList.Repeat(AdapterList.Read(adapters, context), Find<PersonasAttribute>(own), context);
        QuantizeSpec? quantize = QuantizeReader.Read(Find<QuantizeAttribute>(own), context);
        AttributeReader? training = Find<TrainingAttribute>(own);
        PackingCheck.Run(training, type, specs, context);
        AttributeReader? config = Find<BaseConfigAttribute>(own);
        TrainingSpec trainingSpec = TrainingReader.Read(training, context);
        BudgetSpec? budget = BudgetReader.Read(Find<BudgetAttribute>(own), context);
        AppSpec? app = AppReader.Read(Find<PeftAppAttribute>(own), type, compilation, context);
        return new ModelDeclaration(
            TypeShapeReader.Read(type, shape.Config, compilation),
            shape with { UserMembers = shape.UserMembers.Concat(TakenNames(type, specs)).ToEquatableArray() },
            tree,
            specs.ToEquatableArray(),
            trainingSpec,
            config?.Value<BaseConfigAttribute>().Path,
            config?.Place ?? SourcePlace.ClassName,
            budget,
            adapters.Count == 0 ? null : app,
            (isRefused ? [] : alone ? problems.Take(1) : problems).ToEquatableArray())
        {
            Name = type.Name,
            Quantize = quantize,
            CanBeGenerated = isModel && isPartial && !isRefused && !type.IsRecord && !ClassChecks.IsFileLocal(type),
            SourceFile = first.Data.ApplicationSyntaxReference?.SyntaxTree.FilePath ?? "",
            MaxLengthPlace = training?.IsSet(nameof(TrainingAttribute.MaxLength)) == true ? training.Place.At(nameof(TrainingAttribute.MaxLength)) : null,
        };
    }

    private static IEnumerable<AttributeReader> Adapters(IEnumerable<AttributeReader> own, INamedTypeSymbol type) => own
        .Concat(type.GetMembers().Where(member => member is IFieldSymbol { AssociatedSymbol: null } or IPropertySymbol).SelectMany(member => AttributeReader.On(member, member.Name)))
        .Where(attribute => attribute.Method is not null);

    /// <summary>Gets, of the attributes that do not declare an adapter, the one with the greatest effect.</summary>
    private static AttributeReader? Idle(List<AttributeReader> own) =>
        Find<PeftAppAttribute>(own) ?? Find<TrainingAttribute>(own) ?? Find<QuantizeAttribute>(own) ?? Find<BudgetAttribute>(own) ?? Find<PersonasAttribute>(own) ?? Find<BaseConfigAttribute>(own);

    /// <summary>Includes only names of generated members, because the model must not change with every member of the class.</summary>
    private static IEnumerable<string> TakenNames(INamedTypeSymbol type, IReadOnlyList<AdapterSpec> adapters)
    {
        List<string> wanted = adapters.Select(HandleNames.Wanted).Distinct().ToList();
        return type.BaseTypesAndSelf()
            .SelectMany(t => t.GetMembers())
            .Where(member => !member.IsImplicitlyDeclared && !member.IsGenerated())
            .Select(member => member.Name)
            .Concat(type.TypeParameters.Select(parameter => parameter.Name))
            .Where(name => wanted.Any(handle => name.EndsWith(handle, StringComparison.Ordinal) || name.StartsWith(handle + "Adapter", StringComparison.Ordinal)))
            .Distinct();
    }

    private static AttributeReader? Find<T>(IEnumerable<AttributeReader> attributes)
        where T : Attribute => attributes.FirstOrDefault(attribute => attribute.Is<T>());

    /// <summary>Whether the project has two classes of one name, instead of two parts of a class.</summary>
    private static bool IsDeclaredTwice(INamedTypeSymbol type, CancellationToken cancellation) => type.DeclaringSyntaxReferences.Length > 1
        && type.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(cancellation) is TypeDeclarationSyntax syntax && !syntax.Modifiers.Any(Microsoft.CodeAnalysis.CSharp.SyntaxKind.PartialKeyword));

    private static bool IsPartial(INamedTypeSymbol type, string method, CancellationToken cancellation, List<Problem> problems)
    {
        bool Is(INamedTypeSymbol t) => t.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax(cancellation))
            .OfType<TypeDeclarationSyntax>()
            .All(syntax => syntax.Modifiers.Any(Microsoft.CodeAnalysis.CSharp.SyntaxKind.PartialKeyword));

        if (!Is(type))
        {
            problems.Add(new(RuleIds.NotPartial, RuleTexts.NotPartial(type.Name, method), SourcePlace.ClassName));
        }
        else if (TypeShapeReader.Outer(type).FirstOrDefault(outer => !Is(outer)) is { } outer)
        {
            problems.Add(new(RuleIds.NotPartial, RuleTexts.OuterNotPartial(type.Name, method, outer.Name), SourcePlace.ClassName));
        }
        else
        {
            return true;
        }

        return false;
    }
}
