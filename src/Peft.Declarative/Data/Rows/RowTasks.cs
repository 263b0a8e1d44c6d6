using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Data.Rows;

/// <summary>Finds rows whose tasks the adapters that learn them do not have, and rows that lack one.</summary>
internal static class RowTasks
{
    /// <exception cref="PeftException">PEFT604: there are such rows. The message lists them.</exception>
    internal static void Check(RowSet rows, AdapterSet adapters)
    {
        Dictionary<(string? Adapter, int? Task), string?> problems = [];   // few for many rows
        List<string> bad = [];
        for (int i = 0; i < rows.Count; i++)
        {
            (string? adapter, int? task) = (rows.Adapter(i), rows.Task(i));
            if (!problems.TryGetValue((adapter, task), out string? problem))
            {
                problem = adapter is null || adapters.Has(adapter) ? adapters.TaskProblem(adapter, task) : null;   // unknown names are another error
                problems.Add((adapter, task), problem);
            }

            if (problem is not null)
            {
                bad.Add($"{rows.Source(i)} {problem}");
            }
        }

        if (bad.Count > 0)
        {
            throw DataErrors.DoNotFit($"The tasks of {(bad.Count == 1 ? "1 row" : $"{RuleTexts.Count(bad.Count)} rows")} are not those of their adapters: {ProblemList.Of(bad)}. "
                + "Correct the field 'task' of the data, or TrainingRow.Task.");
        }
    }
}
