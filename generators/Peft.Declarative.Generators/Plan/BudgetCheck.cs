using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Plan;

/// <summary>Checks a plan by its [Budget].</summary>
internal static class BudgetCheck
{
    internal static void Run(ModelPlan plan, PlanContext context, List<Problem> problems)
    {
        if (plan.Declaration.Budget is not { } budget) return;

        void Report(string text, string argument) => problems.Add(new Problem(RuleIds.OverBudget, text, budget.Place.At(argument)));

        string model = plan.Declaration.Name;
        if (plan.Trainable is not { } trainable || (budget.MaxAdapterMiB > 0 && plan.FileBytes is null) || (budget.MaxMemoryGiB > 0 && plan.Memory is null))
        {
            // A declaration that selects nothing has already been reported.
            if (problems.Count == 0) Report(RuleTexts.BudgetNeedsSizes(model), "");
            return;
        }

        if (budget.MaxTrainable > 0 && trainable > budget.MaxTrainable)
        {
            string parts = string.Join(", ", plan.Adapters.Select(adapter => $"{adapter.Handle} {RuleTexts.Count(adapter.Trainable ?? 0)}"));
            Report(RuleTexts.TooManyTrainable(model, trainable, budget.MaxTrainable, parts), nameof(budget.MaxTrainable));
        }

        if (budget.MaxAdapterMiB > 0 && plan.FileBytes > budget.MaxAdapterMiB * (1 << 20))
        {
            string parts = string.Join(", ", plan.Adapters.Select(adapter => $"{adapter.Handle} {ModelReport.Mebibytes((adapter.FileValues ?? 0) * sizeof(float))}"));
            Report(RuleTexts.TooLargeFile(model, ModelReport.Mebibytes(plan.FileBytes.Value), RuleTexts.Number(budget.MaxAdapterMiB), parts), nameof(budget.MaxAdapterMiB));
        }

        if (budget.MaxMemoryGiB > 0 && plan.Memory is { } memory && memory.Total > budget.MaxMemoryGiB * (1L << 30))
        {
            string parts = string.Join(", ", memory.Parts.Where(part => part.Bytes > 0).Select(part => $"{part.Name} {ModelReport.Gibibytes(part.Bytes)}"));
            string batch = $"{RuleTexts.Count(plan.Declaration.Training.BatchSize)} × {RuleTexts.Count(plan.Tokens)}";
            string text = RuleTexts.TooMuchMemory(model, ModelReport.Gibibytes(memory.Total), batch, RuleTexts.Number(budget.MaxMemoryGiB), parts, MemoryKnobs.Best(plan, context));
            Report(text, nameof(budget.MaxMemoryGiB));
        }
    }
}
