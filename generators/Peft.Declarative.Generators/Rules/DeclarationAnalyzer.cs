using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;

namespace Peft.Declarative.Generators.Rules;

/// <summary>
/// Reports the problems of declarations that the parser and the planner find. The generator uses the same code and reports nothing, because only an
/// analyzer's diagnostics have locations that <c>#pragma</c> can suppress and fixes can change.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeclarationAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => RuleCatalog.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var configs = new Lazy<List<ConfigFile>>(() => Configs(start.Options, start.CancellationToken));
            var saved = new Lazy<List<SavedAdapter>>(() => SavedAdapterReader.Read(start.Options, start.CancellationToken));
            string folder = ProjectFolder.Of(start.Options.AnalyzerConfigOptionsProvider);
            start.RegisterAdditionalFileAction(file => AnalyzeFile(file, saved));
            start.RegisterSymbolAction(symbol => Analyze(symbol, configs, saved, folder), SymbolKind.NamedType);
        });
    }

    /// <summary>Reports a saved adapter that is for no class, at its file.</summary>
    private static void AnalyzeFile(AdditionalFileAnalysisContext context, Lazy<List<SavedAdapter>> saved)
    {
        string path = ConfigPath.Normalized(context.AdditionalFile.Path);
        if (!path.EndsWith(SavedAdapterReader.Config, StringComparison.Ordinal)) return;

        bool HasClass(string wanted) => context.Compilation.GetSymbolsWithName(name => SavedAdapterCheck.Same(name, wanted), SymbolFilter.Type, context.CancellationToken).Any();
        foreach ((SavedAdapter one, string text) in SavedAdapterCheck.WithoutClass(saved.Value, HasClass).Where(found => found.Saved.Config.Path == path))
        {
            context.ReportDiagnostic(Diagnostic.Create(RuleCatalog.AdapterDoesNotFit, Location.Create(context.AdditionalFile.Path, default, default), text));
        }
    }

    private static List<ConfigFile> Configs(AnalyzerOptions options, CancellationToken cancellation) => options.AdditionalFiles
        .Where(file => file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        .Select(file => ConfigFileReader.Read(file, cancellation))
        .ToList();

    private static void Analyze(SymbolAnalysisContext context, Lazy<List<ConfigFile>> configs, Lazy<List<SavedAdapter>> saved, string folder)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        foreach (Diagnostic part in AdaptedParts.Of(type, context.Compilation, context.CancellationToken)) context.ReportDiagnostic(part);
        if (DeclarationCache.Of(type, context.Compilation, context.CancellationToken) is not { } declaration) return;

        var locator = new SourcePlaceLocator(type, context.Compilation, context.CancellationToken);
        ModelPlan plan = PlanBuilder.Build(ConfigFinder.Find(declaration, configs.Value, folder));
        var errors = new CompilerErrors(type, context.Compilation, context.CancellationToken);
        IEnumerable<Problem> problems = plan.Problems
            .Concat(GradientFlow.Problems(plan, type, context.Compilation, context.CancellationToken))
            .Concat(SavedAdapterCheck.Run(plan, saved.Value));
        foreach (Problem problem in problems.Distinct())
        {
            // The compiler reports what it cannot read.
            if (errors.Touch(problem.Place, locator.Find(problem.Place))) continue;

            context.ReportDiagnostic(Diagnostic.Create(
                RuleCatalog.Of(problem.Id),
                locator.Find(problem.Place),
                problem.Other is { } other ? [locator.Find(other)] : [],
                ImmutableDictionary<string, string?>.Empty.Add(FixFacts.Suggestions, string.Join("\n", problem.Suggestions)),
                problem.Message));
        }
    }
}
