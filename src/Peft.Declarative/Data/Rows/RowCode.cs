namespace Peft.Declarative.Data.Rows;

/// <summary>
/// Encodes rows compactly. A text has one number per position: the id, or its complement if the loss does not count it. A pair is the length of its
/// source, its source and its target. A classified text is its class, the start of its second text (or -1) and its ids.
/// </summary>
internal static class RowCode
{
    internal static int[] Encode(TrainingRow row, TrainingRowKind kind) => kind switch
    {
        TrainingRowKind.Pair => [row.TokenCount, .. row.Ids.Take(row.TokenCount), .. row.Labels.TakeWhile(label => label != TrainingRow.Ignored)],
        TrainingRowKind.Class => [row.Labels[0], row.SecondTextStart ?? -1, .. row.Ids],
        _ => [.. row.Ids.Zip(row.Labels, (id, label) => label == TrainingRow.Ignored ? ~id : id)],
    };

    internal static TrainingRow Decode(int[] numbers, TrainingRowKind kind) => kind switch
    {
        TrainingRowKind.Pair => TrainingRow.OfPair(numbers[1..(numbers[0] + 1)], numbers[(numbers[0] + 1)..]),
        TrainingRowKind.Class => TrainingRow.OfClass(numbers[2..], numbers[0]) with { SecondTextStart = numbers[1] < 0 ? null : numbers[1] },
        _ => Text(numbers),
    };

    private static TrainingRow Text(int[] places)
    {
        var labels = new int[places.Length];
        for (int i = 0; i < places.Length; i++)
        {
            labels[i] = places[i] < 0 ? TrainingRow.Ignored : places[i];
            places[i] = places[i] < 0 ? ~places[i] : places[i];
        }

        return TrainingRow.OfLabelledText(places, labels);
    }
}
