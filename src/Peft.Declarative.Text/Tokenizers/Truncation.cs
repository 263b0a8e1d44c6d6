using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Tokenizers.Loading;
using Peft.Declarative.Text.Tokenizers.PostProcessors;

namespace Peft.Declarative.Text.Tokenizers;

/// <summary>How long a tokenized text may be, and which text of a pair is shortened. From the section <c>truncation</c>.</summary>
internal sealed class Truncation
{
    private static readonly string[] Strategies = ["LongestFirst", "OnlyFirst", "OnlySecond"];

    /// <summary>How files write the two ends of a text; the first goes without saying.</summary>
    internal static readonly string[] Sides = ["Right", "Left"];

    private readonly int _longest;
    private readonly string _strategy;
    private readonly bool _fromLeft;

    private Truncation(JsonSection section)
    {
        _longest = section.Number("max_length", otherwise: 512);
        _strategy = section.OneOf("strategy", Strategies);
        _fromLeft = section.OneOf("direction", Sides) == Sides[1];
    }

    internal static Truncation? ReadOptional(JsonSection section) => section.IsNull ? null : new Truncation(section.AsObject());

    /// <summary>Leaves of one text what can matter, but all of the first where only the second may be shortened.</summary>
    internal void Shorten(EncodedWords words, bool isSecond)
    {
        if (isSecond || _strategy != "OnlySecond")
        {
            words.KeepEnough(_longest, atEnd: _fromLeft);
        }
    }

    /// <summary>The texts, cut so that they and <paramref name="addedTokens"/> special tokens fit.</summary>
    internal List<TypedTokens> Apply(IReadOnlyList<TypedTokens> texts, int addedTokens)
    {
        int room = _longest - addedTokens;
        int excess = texts.Sum(text => text.Ids.Count) - room;
        if (excess <= 0 || room < 0) // special tokens that do not fit in themselves make the reference cut no further
        {
            return [.. texts];
        }

        int[] lengths = [.. texts.Select(text => text.Ids.Count)];
        if (room == 0)
        {
            Array.Clear(lengths);
        }
        else if (_strategy == "LongestFirst")
        {
            ShareRoom(lengths, room);
        }
        else
        {
            int target = _strategy == "OnlyFirst" ? 0 : 1;
            if (target >= lengths.Length || lengths[target] <= excess)
            {
                throw new PeftException(RuleIds.TokenizerUnusable, $"The tokenizer shortens texts to {_longest} tokens by '{_strategy}', which cannot "
                    + $"take {excess} tokens away here. Pass {(target >= lengths.Length ? "a second text" : "a shorter other text")}.");
            }

            lengths[target] -= excess;
        }

        return [.. texts.Select((text, i) => new TypedTokens(Cut(text.Ids, lengths[i]), Cut(text.TypeIds, lengths[i])))];
    }

    // Of two texts the longer is cut first; once they are equally long, they are cut in turn.
    private static void ShareRoom(int[] lengths, int room)
    {
        if (lengths.Length == 1)
        {
            lengths[0] = room;
            return;
        }

        int shorter = lengths[0] <= lengths[1] ? 0 : 1;
        int longer = 1 - shorter;
        int half = room / 2;
        if (lengths[shorter] > half)
        {
            (lengths[shorter], lengths[longer]) = (half, half + room % 2);
        }
        else
        {
            lengths[longer] = room - lengths[shorter];
        }
    }

    private List<int> Cut(IReadOnlyList<int> ids, int length) => [.. _fromLeft ? ids.Skip(ids.Count - length) : ids.Take(length)];
}
