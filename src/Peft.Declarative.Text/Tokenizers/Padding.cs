using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers;

/// <summary>To which length, with what and on which side a tokenized text is filled up. From the section <c>padding</c>.</summary>
internal sealed class Padding
{
    // A file may ask for any length; this many ids per text are granted.
    private const int GreatestLength = 16_777_216;

    private readonly int? _fixedLength;
    private readonly int _multipleOf;
    private readonly int _padId;
    private readonly int _padTypeId;
    private readonly bool _onLeft;

    private Padding(JsonSection section)
    {
        JsonSection strategy = section["strategy"];
        if (!strategy.IsObject)
        {
            section.OneOf("strategy", ["BatchLongest"]);
        }

        _fixedLength = strategy.IsObject ? strategy.Number("Fixed", otherwise: 0) : null;
        _multipleOf = section.Number("pad_to_multiple_of", otherwise: 0);
        if (_fixedLength > GreatestLength || _multipleOf > GreatestLength)
        {
            throw section.Error(FormattableString.Invariant($"asks for more than {GreatestLength:N0} tokens per text."));
        }

        _padId = section["pad_id"].IsNull ? 0 : section["pad_id"].AsId();
        _padTypeId = section.Number("pad_type_id", otherwise: 0);
        _onLeft = section.OneOf("direction", Truncation.Sides) == Truncation.Sides[1];
    }

    internal static Padding? ReadOptional(JsonSection section) => section.IsNull ? null : new Padding(section.AsObject());

    /// <summary>Fills both lists up. A text by itself is the longest of its batch, so only a fixed length or a multiple makes it longer.</summary>
    internal void Apply(List<int> ids, List<int> typeIds)
    {
        int length = _fixedLength ?? ids.Count; // a multiple rounds a fixed length up, not a text that is longer
        if (_multipleOf > 0 && length % _multipleOf > 0)
        {
            length += _multipleOf - length % _multipleOf;
        }

        int missing = Math.Max(0, length - ids.Count);
        ids.InsertRange(_onLeft ? 0 : ids.Count, Enumerable.Repeat(_padId, missing));
        typeIds.InsertRange(_onLeft ? 0 : typeIds.Count, Enumerable.Repeat(_padTypeId, missing));
    }
}
