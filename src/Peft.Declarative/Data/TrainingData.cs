using Peft.Declarative.Data;
using Peft.Declarative.Text;

namespace Peft.Declarative;

/// <summary>Rows to train on, and rows kept apart to evaluate with. Held in memory as token ids; shuffled anew in each epoch.</summary>
public sealed class TrainingData
{
    private TrainingData(IReadOnlyList<TrainingRow> rows, IReadOnlyList<TrainingRow> evaluation)
    {
        Rows = rows;
        EvaluationRows = evaluation;
    }

    /// <summary>Rows to train on.</summary>
    public IReadOnlyList<TrainingRow> Rows { get; }

    /// <summary>Rows to evaluate with; may be empty.</summary>
    public IReadOnlyList<TrainingRow> EvaluationRows { get; }

    /// <summary>Data from rows that the caller made.</summary>
    /// <param name="rows">At least one.</param>
    /// <exception cref="PeftException">PEFT404: a row has no label that enters the loss; all such rows are named.</exception>
    public static TrainingData FromRows(IEnumerable<TrainingRow> rows)
    {
        List<TrainingRow> all = [.. rows];
        RowCheck.Labels(all, int.MaxValue, withFirst: true);
        return new TrainingData(all, []);
    }

    /// <summary>
    /// Reads JSON lines. <c>{"text": "…"}</c> counts every token in the loss; <c>{"prompt": "…", "completion": "…"}</c> the completion only.
    /// </summary>
    /// <param name="path">UTF-8 file, one object per line.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="maxLength">Most tokens of a row; longer ones are cut at the end.</param>
    /// <param name="endOfSequence">
    /// Id that is put after each text, so that the model learns to stop: the <c>eos_token_id</c> of its config. Null puts none.
    /// </param>
    /// <exception cref="PeftException">PEFT601: the file cannot be read or lines are unusable; they are counted and the first ones explained.</exception>
    public static TrainingData FromJsonLines(string path, ITokenizer tokenizer, int maxLength, int? endOfSequence) =>
        new(JsonLines.Read(path, tokenizer, maxLength, endOfSequence), []);

    /// <summary>Reads one running text and cuts it into rows of <paramref name="maxLength"/> tokens; every token counts in the loss.</summary>
    /// <param name="path">UTF-8 file.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="maxLength">Tokens of a row; the last one may be shorter.</param>
    /// <exception cref="PeftException">PEFT601: the file cannot be read or is empty.</exception>
    public static TrainingData FromText(string path, ITokenizer tokenizer, int maxLength) =>
        new(PlainText.Read(path, tokenizer, maxLength), []);

    /// <summary>The same training rows with the rows of other data for evaluation.</summary>
    /// <param name="evaluation">Its training rows are used.</param>
    public TrainingData WithEvaluation(TrainingData evaluation) => new(Rows, evaluation.Rows);

    /// <summary>Keeps a random share of the rows for evaluation.</summary>
    /// <param name="share">Between 0 and 1; 0.1 is usual. At least one row goes to each part.</param>
    /// <param name="seed">The same seed gives the same split.</param>
    /// <exception cref="PeftException">PEFT603: there are too few rows, or the share is not between 0 and 1.</exception>
    public TrainingData Split(double share, int seed = 42)
    {
        if (share is not (> 0.0 and < 1.0) || Rows.Count < 2)
        {
            throw DataErrors.BadShare(share, Rows.Count);
        }

        int kept = Math.Clamp((int)Math.Round(share * Rows.Count), 1, Rows.Count - 1);
        int[] order = RowOrder.Shuffled(Rows.Count, seed, epoch: 0);
        return new TrainingData([.. order[kept..].Order().Select(i => Rows[i])], [.. order[..kept].Order().Select(i => Rows[i])]);
    }
}
