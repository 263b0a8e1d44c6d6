using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>The prompts of a model, in the order in which their virtual tokens precede the text.</summary>
public sealed class PromptList : PartList<Prompt>
{
    internal PromptList()
        : base(nameof(PromptList))
    {
    }

    /// <summary>The number of virtual tokens of all active prompts. While rows of a batch have different adapters, the most that a row has.</summary>
    public int ActiveTokens => IsEmpty ? 0 : Segments.Max(TokensOf);

    /// <summary>The number of virtual tokens of the rows of a segment.</summary>
    internal int TokensOf(RowSegment? segment) => IsEmpty ? 0 : Of(segment).Sum(prompt => prompt.Tokens);

    /// <summary>
    /// Prepends the prompts to <paramref name="text"/> [batch, time, hidden]. The result is [batch, tokens + time, hidden]. Rows with fewer virtual tokens than
    /// others have zeros, before these or at the end.
    /// </summary>
    internal Tensor Prepend(Tensor text, bool paddedAtEnd = false)
    {
        int most = ActiveTokens;
        if (Routing.Current is not { } routing)
        {
            return Prepend(text, null, 0, paddedAtEnd);
        }

        int[] padding = [.. routing.Segments.Select(segment => most - TokensOf(segment))];
        routing.Pad(padding, paddedAtEnd);
        return most == 0 ? text
            : routing.Join([.. routing.Split(text).Select((rows, i) => Prepend(rows, routing.Segments[i], padding[i], paddedAtEnd))]);
    }

    private Tensor Prepend(Tensor text, RowSegment? segment, int padding, bool paddedAtEnd)
    {
        if (IsEmpty && padding == 0)
        {
            return text;
        }

        List<Tensor> parts = [.. Of(segment).Select(prompt => prompt.Vectors(segment?.Task).to(text.dtype).unsqueeze(0).expand(text.size(0), -1, -1)), text];
        if (padding > 0)
        {
            parts.Insert(paddedAtEnd ? parts.Count : 0, zeros([text.size(0), padding, text.size(2)], dtype: text.dtype, device: text.device));
        }

        return parts.Count == 1 ? text : cat(parts, 1);
    }
}
