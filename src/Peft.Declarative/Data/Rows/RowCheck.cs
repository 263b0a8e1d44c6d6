using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Data.Rows;

/// <summary>Finds rows whose loss would be 0 / 0.</summary>
internal static class RowCheck
{
    /// <summary>Checks that every row has a label that enters the loss.</summary>
    /// <exception cref="PeftException">PEFT404: some rows have none. The message lists all of them.</exception>
    internal static void Labels(RowSet rows, int maxLength, bool withFirst)
    {
        List<string> bad = [];
        for (int i = 0; i < rows.Count; i++)
        {
            if (!rows.HasLabel(i, maxLength, withFirst))
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
