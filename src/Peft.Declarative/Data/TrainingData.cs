using Peft.Declarative.Data;
using Peft.Declarative.Data.Files;
using Peft.Declarative.Data.Rows;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative;

/// <summary>Rows for training, and rows for evaluation. The training rows are shuffled in each epoch.</summary>
/// <remarks>
/// Rows of files are stored as token ids: the first 64 MiB in memory, the rest in a temporary file that is deleted when the process ends. Memory
/// grows by only about 30 bytes per row.
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

    /// <summary>The training rows. A row of a file is read each time it is used.</summary>
    public IReadOnlyList<TrainingRow> Rows => _rows;

    /// <summary>The evaluation rows. Can be empty.</summary>
    public IReadOnlyList<TrainingRow> EvaluationRows => _evaluation;

    /// <summary>The rows of the files that were skipped. Empty unless <see cref="DataOptions.SkipBadRows"/> is set.</summary>
    public SkippedRows Skipped { get; }

    /// <summary>
    /// The warnings from reading the data, such as files of the model that contain different ends of a text. Empty if there are none.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>
    /// The form of the rows, which is saved with adapters that are trained on them; <see langword="null"/> if they are mixed or were created by the
    /// caller.
    /// </summary>
    public DataForm? Form { get; private init; }

    internal RowSet RowSet => _rows;

    internal RowSet EvaluationRowSet => _evaluation;

    /// <summary>Creates training data from rows.</summary>
    /// <param name="rows">The rows, at least one.</param>
    /// <exception cref="PeftException">
    /// PEFT601: there are no rows. PEFT404: a row has no label that enters the loss. The message lists all such rows.
    /// </exception>
    public static TrainingData FromRows(IEnumerable<TrainingRow> rows)
    {
        var all = new HeldRows([.. rows]);
        if (all.Count == 0)
        {
            throw DataErrors.NoRowsGiven();
        }

        RowCheck.Labels(all);
        return new TrainingData(all, None, new SkippedRows(0, []));
    }

    /// <summary>Reads a file for training a model, and adds the tokens that end its texts.</summary>
    /// <remarks>
    /// A causal language model is trained on rows with <c>text</c>, with <c>prompt</c> and <c>completion</c>, or with <c>messages</c>; a classifier
    /// on rows with <c>text</c>, optionally <c>text_pair</c>, and <c>label</c>, the name or index of a class; an encoder-decoder on rows with
    /// <c>source</c> and <c>target</c>, or with <c>prompt</c> and <c>completion</c>. The ends of texts are those of <see cref="TextEnds"/>. Rows can have
    /// <c>adapter</c> and <c>task</c>, whose values are those of <see cref="TrainingRow.Adapter"/> and <see cref="TrainingRow.Task"/>.
    /// </remarks>
    /// <param name="path">A file, a folder, or a pattern, as in the overload without a model.</param>
    /// <param name="model">The model to train.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="maxLength">
    /// The maximum number of tokens of a row; longer ones are truncated. The default is <see langword="null"/>: the length of a training plan, or the
    /// maximum length of the model if that is less.
    /// </param>
    /// <param name="options">The options. The default is <see langword="null"/>: those of <see cref="DataOptions"/>.</param>
    /// <exception cref="PeftException">
    /// PEFT601: there is no such file, a file cannot be read, or rows are unusable; they are counted and the first ones explained. PEFT506: there are
    /// messages but no usable chat template.
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
    /// Reads a file of texts whose extension determines its format: JSON lines (<c>.jsonl</c>, <c>.ndjson</c>), a JSON array (<c>.json</c>), CSV or
    /// TSV with a first line of names (<c>.csv</c>, <c>.tsv</c>), plain text (<c>.txt</c>, <c>.md</c>) or Parquet (<c>.parquet</c>). A folder means
    /// all its data files, and a pattern such as <c>data/**/train-*.parquet</c> all that match it. For classifiers and encoder-decoders, use the
    /// overload with a model.
    /// </summary>
    /// <remarks>
    /// A row has <c>text</c>, all tokens of which count in the loss; or <c>prompt</c> and <c>completion</c>, of which the completion counts; or
    /// <c>messages</c> and optionally <c>tools</c>, formatted by the chat template, of which the assistant's turns and the tokens that end them
    /// count. One file can have rows of different forms. A plain text is split into rows of <paramref name="maxLength"/> tokens. Rows can have
    /// <c>adapter</c> and <c>task</c>, whose values are those of <see cref="TrainingRow.Adapter"/> and <see cref="TrainingRow.Task"/>.
    /// </remarks>
    /// <param name="path">A file, a folder, or a pattern.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="maxLength">The maximum number of tokens of a row; longer ones are truncated.</param>
    /// <param name="endOfSequence">
    /// The id that is added after each text and completion, so that the model learns to stop: the <c>eos_token_id</c> of its config; <see
    /// langword="null"/> for none. A chat template ends turns itself.
    /// </param>
    /// <param name="options">The options. The default is <see langword="null"/>: those of <see cref="DataOptions"/>.</param>
    /// <exception cref="PeftException">
    /// PEFT601: there is no such file, a file cannot be read, or rows are unusable; they are counted and the first ones explained. PEFT506: there are
    /// messages but no usable chat template.
    /// </exception>
    public static TrainingData FromFile(string path, ITokenizer tokenizer, int maxLength, int? endOfSequence, DataOptions? options = null) =>
        Read(path, null, tokenizer, maxLength, endOfSequence, options);

    /// <summary>Reads JSON lines, regardless of the file's extension: UTF-8, one object per line.</summary>
    /// <inheritdoc cref="FromFile(string, ITokenizer, int, int?, DataOptions)"/>
    public static TrainingData FromJsonLines(string path, ITokenizer tokenizer, int maxLength, int? endOfSequence, DataOptions? options = null) =>
        Read(path, DataKind.JsonLines, tokenizer, maxLength, endOfSequence, options);

    /// <summary>
    /// Reads Parquet, regardless of the file's extension: columns <c>text</c>, <c>prompt</c>, <c>completion</c>, <c>messages</c> (a list of structs
    /// of texts) and <c>tools</c> (a JSON array as text).
    /// </summary>
    /// <inheritdoc cref="FromFile(string, ITokenizer, int, int?, DataOptions)"/>
    public static TrainingData FromParquet(string path, ITokenizer tokenizer, int maxLength, int? endOfSequence, DataOptions? options = null) =>
        Read(path, DataKind.Parquet, tokenizer, maxLength, endOfSequence, options);

    /// <summary>
    /// Reads one plain text, regardless of the file's extension, and splits it into rows of <paramref name="maxLength"/> tokens. Every token counts.
    /// </summary>
    /// <param name="path">A UTF-8 file, a folder, or a pattern.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="maxLength">The number of tokens of a row; the last one can be shorter.</param>
    /// <exception cref="PeftException">PEFT601: the file cannot be read or is empty.</exception>
    public static TrainingData FromText(string path, ITokenizer tokenizer, int maxLength) =>
        Read(path, DataKind.Text, tokenizer, maxLength, endOfSequence: null, options: null);

    /// <summary>Combines the training rows with the training rows of other data for evaluation.</summary>
    /// <param name="evaluation">The data whose training rows become the evaluation rows.</param>
    /// <returns>The new data.</returns>
    public TrainingData WithEvaluation(TrainingData evaluation) => new(_rows, evaluation._rows, Skipped) { Warnings = [.. Warnings.Union(evaluation.Warnings)], Form = Form };

    /// <summary>Computes statistics of the training rows.</summary>
    public DataSummary Summarize() => DataSummary.Of(_rows);

    /// <summary>Keeps a random fraction of the rows for evaluation.</summary>
    /// <param name="share">The fraction, between 0 and 1; 0.1 is usual. Each part gets at least one row.</param>
    /// <param name="seed">The seed. The same seed gives the same split. The default is 42.</param>
    /// <returns>The new data.</returns>
    /// <exception cref="PeftException">PEFT603: there are too few rows, or the fraction is not between 0 and 1.</exception>
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

/// <summary>The rows of files that could not be used and were skipped.</summary>
/// <param name="Count">The number of rows.</param>
/// <param name="First">The first hundred, with file, line and reason.</param>
public sealed record SkippedRows(long Count, IReadOnlyList<string> First);
