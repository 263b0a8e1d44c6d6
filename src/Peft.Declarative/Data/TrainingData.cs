using Peft.Declarative.Data;
using Peft.Declarative.Data.Files;
using Peft.Declarative.Data.Rows;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative;

/// <summary>Rows to train on, and rows kept apart to evaluate with; shuffled anew in each epoch.</summary>
/// <remarks>
/// Rows of files are held as token ids: the first 64 MiB in memory, the rest in a temporary file that ends with the process, so that memory
/// does not grow with the data but for some 30 bytes a row.
/// </remarks>
public sealed class TrainingData
{
    private readonly RowSet _rows;
    private readonly RowSet _evaluation;

    private TrainingData(RowSet rows, RowSet evaluation, SkippedRows skipped)
    {
        _rows = rows;
        _evaluation = evaluation;
        Skipped = skipped;
    }

    /// <summary>Rows to train on. A row of a file is read anew each time that it is asked for.</summary>
    public IReadOnlyList<TrainingRow> Rows => _rows;

    /// <summary>Rows to evaluate with; may be empty.</summary>
    public IReadOnlyList<TrainingRow> EvaluationRows => _evaluation;

    /// <summary>Rows of the files that were left out; none unless <see cref="DataOptions.SkipBadRows"/> is set.</summary>
    public SkippedRows Skipped { get; }

    /// <summary>What is worth knowing about the data before a run, such as files of the model that name different ends of a text, or files for evaluation among those to train on; each with its id. <see cref="TrainingResult.Warnings"/> has them too.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>The form of the rows, which adapters that are trained on them are saved with; <see langword="null"/> if they are mixed or were made by the caller.</summary>
    public DataForm? Form { get; private init; }

    internal RowSet RowSet => _rows;

    internal RowSet EvaluationRowSet => _evaluation;

    /// <summary>Data from rows that the caller made.</summary>
    /// <param name="rows">At least one.</param>
    /// <exception cref="PeftException">PEFT601: there are no rows. PEFT404: a row has no label that enters the loss; all such rows are named.</exception>
    public static TrainingData FromRows(IEnumerable<TrainingRow> rows)
    {
        var all = new HeldRows([.. rows]);
        if (all.Count == 0)
        {
            throw DataErrors.NoRowsGiven();
        }

        RowCheck.Labels(all, int.MaxValue, withFirst: true);
        return new TrainingData(all, None, new SkippedRows(0, []));
    }

    /// <summary>Reads a file as the model learns from it, with the tokens that end its texts.</summary>
    /// <remarks>
    /// A causal language model learns from rows with <c>text</c>, with <c>prompt</c> and <c>completion</c>, or with <c>messages</c>; a classifier from rows with
    /// <c>text</c>, perhaps <c>text_pair</c>, and <c>label</c>, which is the name or the index of a class; an encoder-decoder from rows with <c>source</c> and
    /// <c>target</c>, or with <c>prompt</c> and <c>completion</c>. The ends of texts are those of <see cref="TextEnds"/>.
    /// </remarks>
    /// <param name="path">A file, a folder, or a pattern, as for the overload without a model.</param>
    /// <param name="model">The model that is to learn.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="maxLength">
    /// Most tokens of a row; longer ones are cut at the end. <see langword="null"/> (the default) is the length of a training plan, or what fits into the model if
    /// that is less.
    /// </param>
    /// <param name="options">What else is asked for; nothing unless set.</param>
    /// <exception cref="PeftException">
    /// PEFT601: there is no such file, a file cannot be read, or rows are unusable; they are counted and the first ones explained. PEFT506: there are messages
    /// and no usable chat template.
    /// </exception>
    /// <example><code>
    /// TrainingData data = TrainingData.FromFile("reviews.csv", classifier, tokenizer);   // columns text and label
    /// </code></example>
    public static TrainingData FromFile(string path, PretrainedModel model, ITokenizer tokenizer, int? maxLength = null, DataOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        options ??= new DataOptions();
        int room = model.ReadsRows == TrainingRowKind.Pair ? int.MaxValue : (model.PositionCount ?? model.Config.MaxPositions) - model.LearnedPositions;
        int length = Math.Min(maxLength ?? new TrainingPlan().MaxLength, Math.Max(1, room));
        TextEnds ends = TextEnds.Of(model, tokenizer);
        RowEncoder encoder = model switch
        {
            SequenceClassifier classifier => new ClassEncoder(tokenizer, length, classifier.ClassNames),
            _ when model.ReadsRows == TrainingRowKind.Pair => new PairEncoder(tokenizer, length, ends.TaughtId, ends.StopIds),
            _ => new TextEncoder(tokenizer, length, ends.TaughtId, ends.StopIds, options),
        };
        return Read(path, null, encoder, options, ends.Conflict is { } conflict && model is not SequenceClassifier ? [$"{RuleIds.EndsDiffer}: {conflict}"] : []);
    }

    /// <summary>
    /// Reads a file of texts of a kind that its extension tells: JSON lines (<c>.jsonl</c>, <c>.ndjson</c>), a JSON array (<c>.json</c>), CSV or TSV with a
    /// first line of names (<c>.csv</c>, <c>.tsv</c>), plain text (<c>.txt</c>, <c>.md</c>) or Parquet (<c>.parquet</c>); or all data files of a folder, or
    /// those that fit a pattern such as <c>data/**/train-*.parquet</c>. For classifiers and encoder-decoders, use the overload with a model.
    /// </summary>
    /// <remarks>
    /// A row has <c>text</c>, of which every token counts in the loss; or <c>prompt</c> and <c>completion</c>, of which the completion counts; or
    /// <c>messages</c> and perhaps <c>tools</c>, written out by the chat template, of which the assistant's turns count with the tokens that end them. Rows
    /// of different forms may stand in one file. A plain text is cut into rows of <paramref name="maxLength"/> tokens.
    /// </remarks>
    /// <param name="path">A file, a folder, or a pattern.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="maxLength">Most tokens of a row; longer ones are cut at the end.</param>
    /// <param name="endOfSequence">
    /// Id that is put after each text and completion, so that the model learns to stop: the <c>eos_token_id</c> of its config. Null puts none. A chat template
    /// ends turns itself.
    /// </param>
    /// <param name="options">What else is asked for; nothing unless set.</param>
    /// <exception cref="PeftException">
    /// PEFT601: there is no such file, a file cannot be read, or rows are unusable; they are counted and the first ones explained. PEFT506: there are messages
    /// and no usable chat template.
    /// </exception>
    public static TrainingData FromFile(string path, ITokenizer tokenizer, int maxLength, int? endOfSequence, DataOptions? options = null) =>
        Read(path, null, tokenizer, maxLength, endOfSequence, options);

    /// <summary>Reads JSON lines, whatever the file's extension: UTF-8, one object per line.</summary>
    /// <inheritdoc cref="FromFile(string, ITokenizer, int, int?, DataOptions)"/>
    public static TrainingData FromJsonLines(string path, ITokenizer tokenizer, int maxLength, int? endOfSequence, DataOptions? options = null) =>
        Read(path, DataKind.JsonLines, tokenizer, maxLength, endOfSequence, options);

    /// <summary>
    /// Reads Parquet, whatever the file's extension: columns <c>text</c>, <c>prompt</c>, <c>completion</c>, <c>messages</c> (a list of structs of texts) and
    /// <c>tools</c> (a JSON array as text).
    /// </summary>
    /// <inheritdoc cref="FromFile(string, ITokenizer, int, int?, DataOptions)"/>
    public static TrainingData FromParquet(string path, ITokenizer tokenizer, int maxLength, int? endOfSequence, DataOptions? options = null) =>
        Read(path, DataKind.Parquet, tokenizer, maxLength, endOfSequence, options);

    /// <summary>Reads one running text, whatever the file's extension, and cuts it into rows of <paramref name="maxLength"/> tokens; every token counts.</summary>
    /// <param name="path">UTF-8 file, a folder, or a pattern.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="maxLength">Tokens of a row; the last one may be shorter.</param>
    /// <exception cref="PeftException">PEFT601: the file cannot be read or is empty.</exception>
    public static TrainingData FromText(string path, ITokenizer tokenizer, int maxLength) =>
        Read(path, DataKind.Text, tokenizer, maxLength, endOfSequence: null, options: null);

    /// <summary>The same training rows with the rows of other data for evaluation.</summary>
    /// <param name="evaluation">Its training rows are used.</param>
    public TrainingData WithEvaluation(TrainingData evaluation) => new(_rows, evaluation._rows, Skipped) { Warnings = [.. Warnings.Union(evaluation.Warnings)], Form = Form };

    /// <summary>What the training rows are like, in numbers.</summary>
    public DataSummary Summarize() => DataSummary.Of(_rows);

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
        return new TrainingData(new ChosenRows(_rows, [.. order[kept..].Order()]), new ChosenRows(_rows, [.. order[..kept].Order()]), Skipped) { Warnings = Warnings, Form = Form };
    }

    private static RowSet None { get; } = new HeldRows([]);

    private static TrainingData Read(string path, DataKind? kind, ITokenizer tokenizer, int maxLength, int? endOfSequence, DataOptions? options)
    {
        options ??= new DataOptions();
        int?[] ends = tokenizer.EosId is { } own ? [endOfSequence, own] : [endOfSequence];
        return Read(path, kind, new TextEncoder(tokenizer, maxLength, endOfSequence, [.. ends.OfType<int>()], options), options, []);
    }

    private static TrainingData Read(string path, DataKind? kind, RowEncoder encoder, DataOptions options, IReadOnlyList<string> warnings)
    {
        (RowSet rows, SkippedRows skipped, IReadOnlyList<string> ofFiles) = DataReading.Read(path, kind, encoder, options.SkipBadRows);
        return new TrainingData(rows, None, skipped) { Warnings = [.. warnings, .. ofFiles], Form = encoder.Form };
    }
}

/// <summary>Rows of files that could not be used and were left out.</summary>
/// <param name="Count">How many.</param>
/// <param name="First">The first hundred: file, line and reason of each.</param>
public sealed record SkippedRows(long Count, IReadOnlyList<string> First);
