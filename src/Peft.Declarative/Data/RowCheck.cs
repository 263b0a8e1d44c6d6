using Peft.Declarative.Training;

namespace Peft.Declarative.Data;

/// <summary>Finds rows that would give a loss of 0 / 0.</summary>
internal static class RowCheck
{
    /// <summary>Names every row without a label that enters the loss.</summary>
    /// <exception cref="PeftException">PEFT404: there are such rows.</exception>
    internal static void Labels(IReadOnlyList<TrainingRow> rows, int maxLength, bool withFirst)
    {
        List<string> bad = [];
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows[i].CountLabels(maxLength, withFirst) == 0)
            {
                bad.Add(rows[i].Source ?? $"row {i + 1}");
            }
        }

        if (bad.Count > 0)
        {
            throw TrainingErrors.NoLabels(bad);
        }
    }
}
