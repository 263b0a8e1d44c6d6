using Peft.Declarative.Data;

namespace Peft.Declarative;

/// <summary>One text for training: its tokens, and a label at each position.</summary>
/// <example>
/// <code>
/// var row = TrainingRow.OfCompletion(tokenizer.Encode("Who are you?"), tokenizer.Encode(" A captain.", addSpecialTokens: false));
/// TrainingData data = TrainingData.FromRows([row]);
/// </code>
/// </example>
public sealed record TrainingRow
{
    /// <summary>The label of a position that does not enter the loss.</summary>
    public const int Ignored = Losses.Ignored;

    /// <summary>Creates a row.</summary>
    /// <param name="ids">The token ids.</param>
    /// <param name="labels">For each position the same id, or <see cref="Ignored"/>. The model predicts each label from the tokens before it.</param>
    /// <exception cref="PeftException">PEFT602: the lengths differ.</exception>
    public TrainingRow(int[] ids, int[] labels)
    {
        if (ids.Length != labels.Length)
        {
            throw DataErrors.LengthsDiffer(ids.Length, labels.Length);
        }

        Ids = ids;
        Labels = labels;
        TokenCount = ids.Length;
        UncutLength = ids.Length;
    }

    /// <summary>The token ids, followed by zeros if there are more labels.</summary>
    public int[] Ids { get; }

    /// <summary>The labels, one per position.</summary>
    public int[] Labels { get; }

    /// <summary>The number of ids that are tokens.</summary>
    public int TokenCount { get; private init; }

    /// <summary>The file and line of the row, for messages: <c>line 12 of 'data.jsonl'</c>. The default is <see langword="null"/>.</summary>
    public string? Source { get; init; }

    /// <summary>The kind of model for which the row is; <see langword="null"/> if the row was created from ids and labels.</summary>
    public TrainingRowKind? Kind { get; private init; }

    /// <summary>
    /// The name of the adapter that learns the row. Rows of one batch may have different ones; then all rows need one. <see langword="null"/> (the default): all
    /// active adapters learn it.
    /// </summary>
    public string? Adapter { get; init; }

    /// <summary>
    /// The task that the row teaches an adapter of several, from 0. Rows of one batch may have different ones. The default is <see langword="null"/>, no task.
    /// </summary>
    public int? Task { get; init; }

    /// <summary>
    /// The first position of the second of two texts, whose tokens have the type 1; <see langword="null"/> (the default) if there is one text.
    /// </summary>
    public int? SecondTextStart { get; init; }

    /// <summary>The number of positions before the row was truncated.</summary>
    internal int UncutLength { get; init; }

    /// <summary>Creates a row of which every token counts in the loss.</summary>
    /// <param name="ids">The token ids.</param>
    public static TrainingRow OfText(int[] ids) => OfLabelledText(ids, [.. ids]);

    /// <summary>Creates a row of which only the completion counts in the loss.</summary>
    /// <param name="prompt">The token ids of the prompt.</param>
    /// <param name="completion">The token ids of the completion.</param>
    public static TrainingRow OfCompletion(IReadOnlyList<int> prompt, IReadOnlyList<int> completion) =>
        OfLabelledText([.. prompt, .. completion], [.. Enumerable.Repeat(Ignored, prompt.Count), .. completion]);

    /// <summary>Creates a row for a classifier.</summary>
    /// <param name="ids">The token ids of the text, at least one.</param>
    /// <param name="classId">The index of its class.</param>
    public static TrainingRow OfClass(IReadOnlyList<int> ids, int classId) =>
        new([.. ids], [classId, .. Enumerable.Repeat(Ignored, Math.Max(0, ids.Count - 1))]) { Kind = TrainingRowKind.Class };

    /// <summary>Creates a row for an encoder-decoder.</summary>
    /// <param name="source">The token ids for the encoder.</param>
    /// <param name="target">The token ids of the target, including the one that ends a text.</param>
    public static TrainingRow OfPair(IReadOnlyList<int> source, IReadOnlyList<int> target)
    {
        int places = Math.Max(source.Count, target.Count);
        int[] ids = [.. source, .. Enumerable.Repeat(0, places - source.Count)];
        int[] labels = [.. target, .. Enumerable.Repeat(Ignored, places - target.Count)];
        return new TrainingRow(ids, labels) { TokenCount = source.Count, Kind = TrainingRowKind.Pair };
    }

    internal static TrainingRow OfLabelledText(int[] ids, int[] labels) => new(ids, labels) { Kind = TrainingRowKind.Text };

    /// <summary>Counts the labels that enter the loss when the row is truncated to a length.</summary>
    /// <param name="maxLength">The maximum number of tokens. The default is no limit.</param>
    /// <param name="withFirst">
    /// Whether the first token is predicted too, from virtual tokens before it. The default is <see langword="false"/>.
    /// </param>
    public long CountLabels(int maxLength = int.MaxValue, bool withFirst = false)
    {
        long count = 0;
        for (int i = withFirst ? 0 : 1; i < Math.Min(Labels.Length, maxLength); i++)
        {
            count += Labels[i] == Ignored ? 0 : 1;
        }

        return count;
    }
}
