using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Methods;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;

namespace Peft.Declarative.Generators;

/// <summary>
/// Writes declared adapters out as code: declarations are parsed into values, held against their models, and written. It reports nothing; the
/// analyzer shows the same parser's problems, where they can be suppressed and fixed.
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

        foreach (AdapterMethod method in MethodCatalog.All)
        {
            IncrementalValuesProvider<ModelPlan> plans = context.SyntaxProvider
                .ForAttributeWithMetadataName(method.AttributeName, static (_, _) => true, static (target, cancellation) => Declaration(target, cancellation))
                .Where(static declaration => declaration is not null)
                .WithTrackingName(Steps.DeclarationOf(method.Name))
                .Combine(configs)
                .Select(static (pair, _) => PlanBuilder.Build(pair.Left!, pair.Right))
                .WithTrackingName(Steps.Plan);

            context.RegisterSourceOutput(plans, static (output, plan) => Emit(output, plan));
        }
    }

    /// <summary>A class may carry several attributes, also on its members and in several parts, and is generated once: at the first of them.</summary>
    private static ModelDeclaration? Declaration(GeneratorAttributeSyntaxContext target, CancellationToken cancellation)
    {
        INamedTypeSymbol? type = target.TargetSymbol as INamedTypeSymbol ?? target.TargetSymbol.ContainingType;
        return type is not null && DeclarationParser.First(type) is { } first && target.Attributes.Contains(first)
            ? DeclarationParser.Parse(type, target.SemanticModel.Compilation, cancellation)
            : null;
    }

    private static void Emit(SourceProductionContext output, ModelPlan plan)
    {
        if (!plan.Declaration.CanBeGenerated) return;

        Add(output, plan, "Adapters", AdaptersFile.Write(plan));
        Add(output, plan, "Training", TrainingFile.Write(plan));
        Add(output, plan, "App", AppFile.Write(plan));
    }

    private static void Add(SourceProductionContext output, ModelPlan plan, string aspect, string? text)
    {
        if (text is not null) output.AddSource($"{plan.Declaration.Type.HintName}.{aspect}.g.cs", SourceText.From(text, Encoding.UTF8));
    }
}
