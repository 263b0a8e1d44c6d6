using Peft.Declarative.Data;

namespace Peft.Declarative;

/// <summary>One text to learn from: its tokens, and at each place what counts as right there.</summary>
public sealed record TrainingRow
{
    /// <summary>Label of a place that does not enter the loss.</summary>
    public const int Ignored = Losses.Ignored;

    /// <summary>Makes a row.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="labels">For each place the same id, or <see cref="Ignored"/>. The model predicts each label from the tokens before it.</param>
    /// <exception cref="PeftException">PEFT602: the two have different lengths.</exception>
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

    /// <summary>Token ids; zeros behind the tokens where there are more labels.</summary>
    public int[] Ids { get; }

    /// <summary>Labels, one per place.</summary>
    public int[] Labels { get; }

    /// <summary>Number of ids that are tokens and not room for labels.</summary>
    public int TokenCount { get; private init; }

    /// <summary>Where the row comes from, for messages: <c>line 12 of 'data.jsonl'</c>.</summary>
    public string? Source { get; init; }

    /// <summary>What the row is made for; <see langword="null"/> if ids and labels were given by themselves.</summary>
    public TrainingRowKind? Kind { get; private init; }

    /// <summary>
    /// The name of the adapter that learns the row. Rows of one batch may have different ones; then all rows need one. <see langword="null"/> (the default): all
    /// active adapters learn it.
    /// </summary>
    public string? Adapter { get; init; }

    /// <summary>First place of the second of two texts, whose tokens have the type 1; <see langword="null"/> (the default) if there is one text.</summary>
    public int? SecondTextStart { get; init; }

    /// <summary>Number of places before the row was cut.</summary>
    internal int UncutLength { get; init; }

    /// <summary>A row whose loss counts every token.</summary>
    /// <param name="ids">Token ids.</param>
    public static TrainingRow OfText(int[] ids) => OfLabelledText(ids, [.. ids]);

    /// <summary>A row whose loss counts the completion only.</summary>
    /// <param name="prompt">Token ids that are given.</param>
    /// <param name="completion">Token ids to learn after them.</param>
    public static TrainingRow OfCompletion(IReadOnlyList<int> prompt, IReadOnlyList<int> completion) =>
        OfLabelledText([.. prompt, .. completion], [.. Enumerable.Repeat(Ignored, prompt.Count), .. completion]);

    /// <summary>A row for a classifier.</summary>
    /// <param name="ids">Token ids of the text, at least one.</param>
    /// <param name="classId">Index of its class.</param>
    public static TrainingRow OfClass(IReadOnlyList<int> ids, int classId) =>
        new([.. ids], [classId, .. Enumerable.Repeat(Ignored, Math.Max(0, ids.Count - 1))]) { Kind = TrainingRowKind.Class };

    /// <summary>A row for an encoder-decoder.</summary>
    /// <param name="source">Token ids that the encoder reads.</param>
    /// <param name="target">Token ids to write, the one that ends a text included.</param>
    public static TrainingRow OfPair(IReadOnlyList<int> source, IReadOnlyList<int> target)
    {
        int places = Math.Max(source.Count, target.Count);
        int[] ids = [.. source, .. Enumerable.Repeat(0, places - source.Count)];
        int[] labels = [.. target, .. Enumerable.Repeat(Ignored, places - target.Count)];
        return new TrainingRow(ids, labels) { TokenCount = source.Count, Kind = TrainingRowKind.Pair };
    }

    internal static TrainingRow OfLabelledText(int[] ids, int[] labels) => new(ids, labels) { Kind = TrainingRowKind.Text };

    /// <summary>Labels that enter the loss when the row is cut to a length.</summary>
    /// <param name="maxLength">Most tokens that are used.</param>
    /// <param name="withFirst">Whether the first token is predicted too, from virtual tokens before it; no unless set.</param>
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
