using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Data.Rows;

/// <summary>Finds rows whose loss would be 0 / 0.</summary>
internal static class RowCheck
{
    /// <summary>Checks that every row has a label that enters the loss of a model.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="maxLength">The maximum number of tokens of a row.</param>
    /// <param name="model">The model, which determines whether the first label of a row enters the loss.</param>
    /// <exception cref="PeftException">PEFT404: some rows have none. The message lists all of them.</exception>
    internal static void Labels(RowSet rows, int maxLength, ITrainable model) =>
        Labels(rows, maxLength, adapter => model.PredictsFirstTokenOf(adapter));

    /// <summary>Checks that every row has a label.</summary>
    /// <param name="rows">The rows.</param>
    /// <exception cref="PeftException">PEFT404: some rows have none. The message lists all of them.</exception>
    internal static void Labels(RowSet rows) => Labels(rows, int.MaxValue, _ => true);

    private static void Labels(RowSet rows, int maxLength, Func<string?, bool> predictsFirst)
    {
        List<string> bad = [];
        for (int i = 0; i < rows.Count; i++)
        {
            if (!rows.HasLabel(i, maxLength, predictsFirst(rows.Adapter(i))))
            {
                bad.Add(rows.Source(i));
            }
        }

        if (bad.Count > 0)
        {
            throw TrainingErrors.NoLabels(bad);
        }
    }
}
