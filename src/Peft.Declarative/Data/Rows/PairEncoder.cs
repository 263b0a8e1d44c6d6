using Peft.Declarative.Text.Tokenizers;

namespace Peft.Declarative.Data.Rows;

/// <summary>Creates rows of a source and a target, for the encoder and the decoder of a model.</summary>
internal sealed class PairEncoder(ITokenizer tokenizer, int maxLength, int? end, IReadOnlyCollection<int> ends) : RowEncoder(tokenizer, maxLength)
{
    private readonly TokenFrame _frame = new(tokenizer);

    internal override TrainingRowKind Kind => TrainingRowKind.Pair;

    internal override IEnumerable<TrainingRow> Encode(RawRow row)
    {
        (string source, string target, string name) = row switch
        {
            { Source: { } given, Target: { } wanted } => (given, wanted, "target"),
            { Prompt: { } prompt, Completion: { } completion } => (prompt, completion, "completion"),
            _ => throw Lacks(row, DataErrors.NeedsOfPairs),
        };
        if (target.Length == 0)
        {
            throw new FormatException($"'{name}' is empty");
        }

        IReadOnlyList<int> read = _frame.Whole(source);
        if (read.Count == 0)
        {
            throw new FormatException("its source has no tokens");
        }

        IReadOnlyList<int> written = _frame.Continuation(target, end, ends);
        TrainingRow whole = TrainingRow.OfPair(Shortened(read, _frame.After), [.. written.Take(MaxLength)]);
        return [whole with { UncutLength = Math.Max(read.Count, written.Count) }];
    }
}
