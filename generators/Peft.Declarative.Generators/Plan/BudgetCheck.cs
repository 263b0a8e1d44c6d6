using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Plan;

/// <summary>Checks a plan by its [Budget].</summary>
internal static class BudgetCheck
{
    // Per trained parameter: the weight, its gradient, and the two moments of AdamW, all float32.
    private const int BytesPerTrained = 4 * sizeof(float);

    internal static void Run(ModelPlan plan, List<Problem> problems)
    {
        if (plan.Declaration.Budget is not { } budget) return;

        void Report(string text, string argument) => problems.Add(new Problem(RuleIds.OverBudget, text, budget.Place.At(argument)));

        if (plan.Trainable is not { } trainable || (budget.MaxMemoryGiB > 0 && MemoryCount.BaseBytes(plan) is null))
        {
            // A declaration that selects nothing has already been reported.
            if (problems.Count == 0) Report(RuleTexts.BudgetNeedsSizes(plan.Declaration.Name), "");
            return;
        }

        if (budget.MaxTrainable > 0 && trainable > budget.MaxTrainable)
        {
            string parts = string.Join(", ", plan.Adapters.Select(adapter => $"{adapter.Handle} {RuleTexts.Count(adapter.Trainable ?? 0)}"));
            Report(RuleTexts.TooManyTrainable(plan.Declaration.Name, trainable, budget.MaxTrainable, parts), nameof(budget.MaxTrainable));
        }

        CheckMemory(plan, budget, trainable, Report);
    }

    private static void CheckMemory(ModelPlan plan, BudgetSpec budget, long trainable, Action<string, string> report)
    {
        if (budget.MaxMemoryGiB <= 0) return;

        double weights = MemoryCount.BaseBytes(plan)!.Value;
        double training = trainable * (double)BytesPerTrained;
        string total = ModelReport.Gibibytes(weights + training);
        if (weights + training <= budget.MaxMemoryGiB * (1L << 30)) return;

        string parts = $"base weights {ModelReport.Gibibytes(weights)}, adapters with gradients and optimizer state {ModelReport.Gibibytes(training)}";
        report(RuleTexts.TooMuchMemory(plan.Declaration.Name, total, RuleTexts.Number(budget.MaxMemoryGiB), parts), nameof(budget.MaxMemoryGiB));
    }
}
