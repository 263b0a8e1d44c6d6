using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers;

/// <summary>To which length, with what and on which side a tokenized text is filled up. From the section <c>padding</c>.</summary>
internal sealed class Padding
{
    // A file may ask for any length; this many ids per text are granted.
    private const int GreatestLength = 16_777_216;

    private readonly int? fixedLength;
    private readonly int multipleOf;
    private readonly int padId;
    private readonly int padTypeId;
    private readonly bool onLeft;

    private Padding(JsonSection section)
    {
        JsonSection strategy = section["strategy"];
        if (!strategy.IsObject)
        {
            section.OneOf("strategy", ["BatchLongest"]);
        }

        fixedLength = strategy.IsObject ? strategy.Number("Fixed", otherwise: 0) : null;
        multipleOf = section.Number("pad_to_multiple_of", otherwise: 0);
        if (fixedLength > GreatestLength || multipleOf > GreatestLength)
        {
            throw section.Error($"asks for more than {GreatestLength:N0} tokens per text.");
        }

        padId = section["pad_id"].IsNull ? 0 : section["pad_id"].AsId();
        padTypeId = section.Number("pad_type_id", otherwise: 0);
        onLeft = section.OneOf("direction", Truncation.Sides) == Truncation.Sides[1];
    }

    internal static Padding? ReadOptional(JsonSection section) => section.IsNull ? null : new Padding(section.AsObject());

    /// <summary>Fills both lists up. A text by itself is the longest of its batch, so only a fixed length or a multiple makes it longer.</summary>
    internal void Apply(List<int> ids, List<int> typeIds)
    {
        int length = fixedLength ?? ids.Count; // a multiple rounds a fixed length up, not a text that is longer
        if (multipleOf > 0 && length % multipleOf > 0)
        {
            length += multipleOf - length % multipleOf;
        }

        int missing = Math.Max(0, length - ids.Count);
        ids.InsertRange(onLeft ? 0 : ids.Count, Enumerable.Repeat(padId, missing));
        typeIds.InsertRange(onLeft ? 0 : typeIds.Count, Enumerable.Repeat(padTypeId, missing));
    }
}
