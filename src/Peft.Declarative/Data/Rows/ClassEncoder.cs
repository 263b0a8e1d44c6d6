using System.Text.Json;
using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;
using Peft.Declarative.Text.Tokenizers;

namespace Peft.Declarative.Data.Rows;

/// <summary>Creates rows of a text, or a pair of texts, and its class.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="maxLength">The maximum number of tokens of a row.</param>
/// <param name="classes">The names of the classes, in the order of the logits; a label is one of them, or its index.</param>
internal sealed class ClassEncoder(ITokenizer tokenizer, int maxLength, IReadOnlyList<string> classes) : RowEncoder(tokenizer, maxLength)
{
    private readonly TokenFrame _frame = new(tokenizer);

    internal override TrainingRowKind Kind => TrainingRowKind.Class;

    internal override IEnumerable<TrainingRow> Encode(RawRow row)
    {
        if (row.Text is not { } text || row.Label is not { } label)
        {
            throw Lacks(row, DataErrors.NeedsOfClasses);
        }

        int index = ClassOf(label);
        if (row.TextPair is { } second)
        {
            return [Pair(text, second, index)];
        }

        IReadOnlyList<int> ids = _frame.Whole(text);
        return ids.Count > 0
            ? [TrainingRow.OfClass(Shortened(ids, _frame.After), index) with { UncutLength = ids.Count }]
            : throw new FormatException("'text' has no tokens");
    }

    // The longer text is truncated first, as in transformers.
    private TrainingRow Pair(string first, string second, int index)
    {
        if (Tokenizer is not Tokenizer own)
        {
            throw new FormatException("it has 'text_pair', which this tokenizer cannot join to 'text'");
        }

        List<int> one = [.. own.Encode(first, addSpecialTokens: false)];
        List<int> other = [.. own.Encode(second, addSpecialTokens: false)];
        TokenizedText whole = own.Join(one, other);
        for (int over = whole.Ids.Count - MaxLength; over > 0 && one.Count + other.Count > 0; over--)
        {
            List<int> longer = one.Count > other.Count ? one : other;
            longer.RemoveAt(longer.Count - 1);
        }

        TokenizedText cut = own.Join(one, other);
        int types = cut.TypeIds.TakeWhile(type => type == 0).Count();
        return TrainingRow.OfClass(cut.Ids, index) with { UncutLength = whole.Ids.Count, SecondTextStart = types < cut.Ids.Count ? types : null };
    }

    private int ClassOf(JsonNode label)
    {
        string? name = JsonScalar.Text(label);
        int known = name is null ? -1 : classes.ToList().IndexOf(name);
        int? index = known >= 0 ? known : JsonScalar.WholeOrText(label);
        if (index is { } value && value >= 0 && value < classes.Count)
        {
            return value;
        }

        string reason = label.GetValueKind() == JsonValueKind.Number && index is null ? ", and regression is not implemented" : "";
        throw new FormatException($"'label' is {JsonScalar.Shown(label)}{reason}, but the model's classes are {RuleTexts.Names(classes.Select(UntrustedText.Shown))} "
            + $"(or 0 to {classes.Count - 1})");
    }
}
