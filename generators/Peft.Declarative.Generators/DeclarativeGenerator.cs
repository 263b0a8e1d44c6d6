using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Methods;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Generators.Rules;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators;

/// <summary>
/// Generates code for declared adapters: it parses declarations into values, plans them against their models, and writes the code. It reports no
/// problems; the analyzer reports those of the same parser, because analyzer diagnostics can be suppressed and fixed.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class DeclarativeGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<EquatableArray<ConfigFile>> configs = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            .Select(static (file, cancellation) => ConfigFileReader.Read(file.Path, file.GetText(cancellation)?.ToString()))
            .WithTrackingName(Steps.Config)
            .Collect()
            .Select(static (files, _) => files.ToEquatableArray());
        IncrementalValueProvider<string> folder = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => ProjectFolder.Of(options));

        // The other attributes only affect declared adapters. Without one, the class still needs its constructor.
        string[] others = [nameof(TrainingAttribute), nameof(QuantizeAttribute), nameof(BudgetAttribute), nameof(BaseConfigAttribute), nameof(PeftAppAttribute)];
        foreach (string attribute in MethodCatalog.All.Select(method => method.Name + nameof(Attribute)).Concat(others))
        {
            IncrementalValuesProvider<ModelPlan> plans = context.SyntaxProvider
                .ForAttributeWithMetadataName($"{KnownNames.Library}.{attribute}", static (_, _) => true, static (target, cancellation) => Declaration(target, cancellation))
                .Where(static declaration => declaration is not null)
                .WithTrackingName(Steps.DeclarationOf(attribute.Substring(0, attribute.Length - nameof(Attribute).Length)))
                .Combine(configs)
                .Combine(folder)
                .Select(static (pair, _) => ConfigFinder.Find(pair.Left.Left!, pair.Left.Right, pair.Right))
                .Select(static (configured, _) => PlanBuilder.Build(configured))
                .WithTrackingName(Steps.Plan);

            context.RegisterSourceOutput(plans, static (output, plan) => Emit(output, plan));
        }
    }

    /// <summary>Parses a class at the first of its attributes, so that it is generated once. Attributes can also be on members and in several parts.</summary>
    private static ModelDeclaration? Declaration(GeneratorAttributeSyntaxContext target, CancellationToken cancellation)
    {
        INamedTypeSymbol? type = target.TargetSymbol as INamedTypeSymbol ?? target.TargetSymbol.ContainingType;
        return type is not null && DeclarationParser.First(type) is { } first && target.Attributes.Contains(first) && IsAt(first, target.TargetNode, cancellation)
            ? DeclarationParser.Parse(type, target.SemanticModel.Compilation, cancellation)
            : null;
    }

    /// <summary>Determines whether an attribute is on a part of the class. The compiler gives two parts in one file all attributes of that file.</summary>
    private static bool IsAt(AttributeData attribute, SyntaxNode target, CancellationToken cancellation) =>
        target is not TypeDeclarationSyntax || attribute.ApplicationSyntaxReference?.GetSyntax(cancellation).Parent?.Parent == target;

    private static void Emit(SourceProductionContext output, ModelPlan plan)
    {
        if (!plan.Declaration.CanBeGenerated) return;

        try
        {
            string adapters = AdaptersFile.Write(plan);
            string? training = TrainingFile.Write(plan), app = AppFile.Write(plan);
            Add(output, plan, "Adapters", adapters);
            Add(output, plan, "Training", training);
            Add(output, plan, "App", app);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Only the generator knows this. The code of the other classes is kept.
            string text = RuleTexts.GeneratorFailed(plan.Declaration.Name, $"{error.GetType().Name}: {error.Message}");
            output.ReportDiagnostic(Diagnostic.Create(RuleCatalog.GeneratorFailed, Location.None, text));
        }
    }

    private static void Add(SourceProductionContext output, ModelPlan plan, string aspect, string? text)
    {
        if (text is not null) output.AddSource($"{plan.Declaration.Type.HintName}.{aspect}.g.cs", SourceText.From(text, Encoding.UTF8));
    }
}
