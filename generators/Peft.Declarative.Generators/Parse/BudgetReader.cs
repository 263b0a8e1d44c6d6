using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reads [Budget].</summary>
internal static class BudgetReader
{
    internal static BudgetSpec? Read(AttributeReader? attribute, ParseContext context)
    {
        if (attribute is null) return null;

        var budget = attribute.Value<BudgetAttribute>();
        bool usable = Check(nameof(budget.MaxTrainable), budget.MaxTrainable) & Check(nameof(budget.MaxAdapterMiB), budget.MaxAdapterMiB) & Check(nameof(budget.MaxMemoryGiB), budget.MaxMemoryGiB);
        if (budget is { MaxTrainable: 0, MaxAdapterMiB: 0, MaxMemoryGiB: 0 } && !attribute.Named.Any()) context.Report(RuleIds.OverBudget, RuleTexts.BudgetEmpty(context.Model), attribute.Place);
        return usable ? new BudgetSpec(budget.MaxTrainable, budget.MaxAdapterMiB, budget.MaxMemoryGiB, attribute.Place) : null;

        bool Check(string argument, double limit)
        {
            // A limit of 0 means none, which is hardly what was intended.
            if (!attribute.IsSet(argument) || (limit > 0 && !double.IsInfinity(limit))) return true;

            context.Report(RuleIds.OutOfRange, RuleTexts.NumberOutOfRange(argument, "Budget", context.Model, limit, "a number above 0, or remove it for no limit"), attribute.Place.At(argument));
            return false;
        }
    }
}
