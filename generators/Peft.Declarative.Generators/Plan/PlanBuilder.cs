using System.Runtime.CompilerServices;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Plan;

/// <summary>Plans a declaration on its model, with the sizes of a config if one is named, and finds problems.</summary>
internal static class PlanBuilder
{
    // Generator and analyzer ask for the same.
    private static readonly ConditionalWeakTable<ModelDeclaration, Tuple<ConfiguredDeclaration, ModelPlan>> Built = new();

    internal static ModelPlan Build(ConfiguredDeclaration configured)
    {
        if (Built.TryGetValue(configured.Declaration, out Tuple<ConfiguredDeclaration, ModelPlan>? last) && last.Item1.Equals(configured)) return last.Item2;

        ModelPlan plan = BuildGuarded(configured);
        Built.Remove(configured.Declaration);
        Built.GetValue(configured.Declaration, _ => Tuple.Create(configured, plan));
        return plan;
    }

    private static ModelPlan BuildGuarded(ConfiguredDeclaration configured)
    {
        ModelDeclaration declaration = configured.Declaration;
        try
        {
            return BuildUnguarded(declaration, configured);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A defect in this library must not affect the other classes of the project. It is reported on the class.
            string text = RuleTexts.GeneratorFailed(declaration.Name, $"{error.GetType().Name}: {error.Message}");
            return new ModelPlan(declaration, default, null, new[] { new Problem(RuleIds.GeneratorFailed, text, SourcePlace.ClassName) }.ToEquatableArray());
        }
    }

    private static ModelPlan BuildUnguarded(ModelDeclaration declaration, ConfiguredDeclaration configured)
    {
        var problems = new List<Problem>(declaration.Problems);
        ConfigFile? config = configured.Config;
        if (configured.Problem is { } wrong && !declaration.IsIdle) problems.Add(wrong);
        if (!declaration.CanBeGenerated) return new ModelPlan(declaration, default, null, problems.ToEquatableArray());

        var sizes = new ConfigSizes(config, declaration.Tree.ConfigDefaults);
        var layers = new LayerExpansion(declaration.Tree, sizes, Mentions(declaration));
        if (sizes.Missing.Count > 0)
        {
            problems.Add(new Problem(RuleIds.BaseConfigUnreadable, RuleTexts.BaseConfigLacks(declaration.BaseConfig!, sizes.Missing), declaration.BaseConfigPlace.At("path")));
        }

        var context = new PlanContext(declaration, sizes, layers, problems);
        List<AdapterPlan> adapters = HandleNames.Give(declaration, Plans(declaration, context));
        var plan = new ModelPlan(declaration, adapters.ToEquatableArray(), BaseParameters(declaration, sizes, layers), default)
        {
            Quantize = QuantizePlanner.Plan(context),
        };
        PositionCheck.Run(plan, sizes, config, problems);
        plan = plan with { BaseSizes = BaseSizes.Of(declaration, sizes), LongestText = PositionCheck.Longest(plan, sizes, config) };
        plan = plan with { Memory = MemoryCount.OfStep(plan, context) };
        BudgetCheck.Run(plan, context, problems);
        return plan with { Problems = problems.ToEquatableArray() };
    }

    /// <summary>Plans every declared adapter. Personas have the plan of the first one, whose problems are theirs.</summary>
    private static List<AdapterPlan> Plans(ModelDeclaration declaration, PlanContext context)
    {
        var plans = new List<AdapterPlan>();
        foreach (AdapterSpec adapter in declaration.Adapters)
        {
            plans.Add(adapter.IsFirst ? adapter.Kind.Plan(adapter, context) : plans[plans.Count - 1] with { Spec = adapter });
        }

        return plans;
    }

    /// <summary>Gets the texts in which a declaration can contain indices of blocks.</summary>
    private static IEnumerable<string> Mentions(ModelDeclaration declaration) => declaration.Adapters
        .OfType<LayerAdapterSpec>()
        .SelectMany(adapter => Mentions(adapter.Query(declaration.Tree)).Concat(adapter.Mentions))
        .OfType<string>();

    private static IEnumerable<string?> Mentions(TargetQuery query) => new[] { query.TargetPattern, query.ExcludePattern }
        .Concat(query.Targets ?? [])
        .Concat(query.Exclude ?? [])
        .Concat(query.ModulesToSave ?? [])
        .Concat((query.Layers ?? []).Select(Literal.Of));

    private static long? BaseParameters(ModelDeclaration declaration, ConfigSizes sizes, LayerExpansion layers)
    {
        // A user's own module can have parameters that are not layers, so only families can be counted in full.
        if (!declaration.Shape.IsPretrained || !sizes.IsKnown || !layers.IsExact || sizes.Missing.Count > 0) return null;

        return sizes.Product(declaration.Tree.SizeOutsideSlots) + layers.Layers
            .Where(layer => !layers.IsTied(layer.Source))
            .Sum(layer => (layer.Layer.Output * Math.Max(layer.Layer.Input, 1)) + (layer.Layer.HasBias ? layer.Layer.Output : 0));
    }
}
