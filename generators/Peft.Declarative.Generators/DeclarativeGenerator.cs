using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Peft.Declarative.Generators.Emit;
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
            .Select(static (file, cancellation) => ConfigFileReader.Read(file, cancellation))
            .WithTrackingName(Steps.Config)
            .Collect()
            .Select(static (files, _) => files.ToEquatableArray());
        IncrementalValueProvider<string> folder = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => ProjectFolder.Of(options));

        // Not by ForAttributeWithMetadataName: that binds all attributes of a kind anew at each key that is typed anywhere.
        IncrementalValuesProvider<TypeDeclarationSyntax> named = context.SyntaxProvider
            .CreateSyntaxProvider(static (node, _) => AttributeNames.AreOn(node), static (target, _) => (TypeDeclarationSyntax)target.Node);
        IncrementalValuesProvider<TypeDeclarationSyntax> renamed = context.CompilationProvider.SelectMany(static (compilation, cancellation) => ProjectFacts.Of(compilation).Renamed(cancellation));
        Generate(context, named, configs, folder);
        Generate(context, renamed, configs, folder);
    }

    private static void Generate(
        IncrementalGeneratorInitializationContext context,
        IncrementalValuesProvider<TypeDeclarationSyntax> types,
        IncrementalValueProvider<EquatableArray<ConfigFile>> configs,
        IncrementalValueProvider<string> folder)
    {
        IncrementalValuesProvider<ModelPlan> plans = types
            .Combine(context.CompilationProvider)
            .Select(static (pair, cancellation) => DeclarationCache.At(pair.Left, pair.Right, cancellation))
            .Where(static declaration => declaration is not null)
            .WithTrackingName(Steps.Declaration)
            .Combine(configs)
            .Combine(folder)
            .Select(static (pair, _) => ConfigFinder.Find(pair.Left.Left!, pair.Left.Right, pair.Right))
            .Select(static (configured, _) => PlanBuilder.Build(configured))
            .WithTrackingName(Steps.Plan);
        context.RegisterSourceOutput(plans, static (output, plan) => Emit(output, plan));
    }

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
