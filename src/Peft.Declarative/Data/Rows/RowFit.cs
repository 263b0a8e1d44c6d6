using Peft.Declarative.BaseModels;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Data.Rows;

/// <summary>
/// Finds rows that do not fit their model before any of them is on a device, where such errors are reported late and in other words.
/// </summary>
internal static class RowFit
{
    /// <exception cref="PeftException">PEFT604: rows are of another kind, or have ids, classes, positions or tasks that the model does not have.</exception>
    internal static void Check(RowSet rows, ITrainable model, int maxLength)
    {
        if (rows.Count == 0)
        {
            return;
        }

        CheckKind(rows, model);
        if (model is not PretrainedModel known)
        {
            return;
        }

        string name = model.GetType().Name;
        int vocabulary = known.Config.VocabularySize;
        Find(rows, rows.LeastId < 0 || rows.GreatestId >= vocabulary, Outside,
            bad => DataErrors.DoNotFit($"{bad} have ids outside the vocabulary of '{name}', whose ids go from 0 to {vocabulary - 1}. Read them with the model's own tokenizer."));
        CheckPlaces(rows, known, maxLength);
        if (known is SequenceClassifier { ClassNames.Count: > 0 and int classes })
        {
            Find(rows, true, row => row.Labels.Length > 0 && row.Labels[0] != TrainingRow.Ignored && (row.Labels[0] < 0 || row.Labels[0] >= classes),
                bad => DataErrors.DoNotFit($"{bad} have a class that '{name}' does not have: its {classes} classes are numbered 0 to {classes - 1}. Correct the labels, or load a model with as many classes."));
        }

        RowTasks.Check(rows, known.Adapters);

        bool Outside(TrainingRow row) => row.Ids.Any(id => id < 0 || id >= vocabulary)
            || (known is not SequenceClassifier && row.Labels.Any(id => id != TrainingRow.Ignored && (id < 0 || id >= vocabulary)));
    }

    // If the caller did not specify the kind of a row, its labels show it.
    private static void CheckKind(RowSet rows, ITrainable model)
    {
        if (model.ReadsRows is not { } wanted)
        {
            return;
        }

        for (int i = 0; i < rows.Count; i += rows.IsOfOneKind ? rows.Count : 1)
        {
            TrainingRow row = rows[i];
            TrainingRowKind kind = row.Kind ?? Guess(row, wanted);
            if (kind != wanted)
            {
                throw DataErrors.WrongKind(rows.Source(i), kind, wanted, model.GetType().Name);
            }
        }
    }

    private static TrainingRowKind Guess(TrainingRow row, TrainingRowKind wanted)
    {
        bool hasLabels = row.Labels.Any(label => label != TrainingRow.Ignored);
        bool repeatsIds = hasLabels && row.Ids.Zip(row.Labels).All(pair => pair.Second == TrainingRow.Ignored || pair.Second == pair.First);
        return wanted switch
        {
            TrainingRowKind.Class when row.Labels.Skip(1).Any(label => label != TrainingRow.Ignored) => TrainingRowKind.Text,
            TrainingRowKind.Pair when repeatsIds => TrainingRowKind.Text,
            _ => wanted,
        };
    }

    private static void CheckPlaces(RowSet rows, PretrainedModel model, int maxLength)
    {
        if (model.PositionCount is not { } positions)
        {
            return;
        }

        for (int i = 0; i < rows.Count; i++)
        {
            int learnedPositions = model.LearnedPositionsOf(rows.Adapter(i));
            int room = positions - learnedPositions;
            int length = Math.Min(rows.Length(i), maxLength);
            if (length > room)
            {
                string learned = learnedPositions > 0 ? $", of which virtual tokens take {learnedPositions}" : "";
                throw DataErrors.DoNotFit($"{rows.Source(i)} has {RuleTexts.Count(length)} tokens, but '{model.GetType().Name}' has {RuleTexts.Count(positions)} positions{learned}. "
                    + $"Set MaxLength of the training plan to {room} or less, or read the data with that length.");
            }
        }
    }

    private static void Find(RowSet rows, bool mayBe, Func<TrainingRow, bool> isBad, Func<string, PeftException> error)
    {
        string[] bad = mayBe ? [.. Enumerable.Range(0, rows.Count).Where(i => isBad(rows[i])).Select(rows.Source)] : [];
        if (bad.Length > 0)
        {
            throw error($"{(bad.Length == 1 ? "1 row" : $"{RuleTexts.Count(bad.Length)} rows")} ({ProblemList.Of(bad)})");
        }
    }
}
