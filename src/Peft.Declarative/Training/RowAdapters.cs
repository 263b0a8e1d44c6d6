using Peft.Declarative.Data;
using Peft.Declarative.Data.Rows;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Training;

/// <summary>The adapters that the rows of a run name.</summary>
internal static class RowAdapters
{
    /// <summary>Makes the named adapters the active ones, so that all of them are trained.</summary>
    /// <returns>Whether rows name adapters.</returns>
    /// <exception cref="PeftException">PEFT703: the model lacks some; all are listed. PEFT604: some rows name none. PEFT303: one cannot be mixed with others.</exception>
    internal static bool Activate(ITrainable model, TrainingData data)
    {
        RowSet[] sets = [data.RowSet, data.EvaluationRowSet];
        string[] names = [.. sets.SelectMany(rows => Enumerable.Range(0, rows.Count).Select(rows.Adapter)).OfType<string>().Distinct(StringComparer.Ordinal)];
        if (names.Length == 0)
        {
            return false;
        }

        if (model is not PretrainedModel { Adapters: var adapters })
        {
            throw DataErrors.DoNotFit($"Rows name adapters, but '{model.GetType().Name}' computes its loss itself and cannot tell rows apart. Leave the names out, or derive it from a family.");
        }

        foreach (RowSet rows in sets)
        {
            int unnamed = Enumerable.Range(0, rows.Count).FirstOrDefault(i => rows.Adapter(i) is null, -1);
            if (unnamed >= 0)
            {
                throw DataErrors.DoNotFit($"{rows.Source(unnamed)} names no adapter, but others do. Name the adapter of every row, or of none.");
            }
        }

        adapters.RequireMixable(names);
        adapters.Switch([.. adapters.Select(adapter => adapter.Name).Intersect(names)]);
        return true;
    }

    /// <summary>For each trained parameter of a model, in their order, the adapter that has it.</summary>
    internal static string[] OwnersOf(ITrainable model) =>
    [
        .. from adapter in ((PretrainedModel)model).Adapters.Active
           from tensor in adapter.Tensors
           where tensor.Value.numel() > 0
           select adapter.Name,
    ];
}
