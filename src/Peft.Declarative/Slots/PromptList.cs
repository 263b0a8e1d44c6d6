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
    public int ActiveTokens
    {
        get
        {
            int most = 0;
            foreach (RowSegment? segment in Segments)
            {
                most = Math.Max(most, TokensOf(segment));
            }

            return most;
        }
    }

    /// <summary>The number of virtual tokens of the rows of a segment.</summary>
    internal int TokensOf(RowSegment? segment)
    {
        int tokens = 0;
        foreach (Prompt prompt in IsEmpty ? [] : Of(segment))
        {
            tokens += prompt.Tokens;
        }

        return tokens;
    }

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

        var padding = new int[routing.Segments.Count];
        for (int i = 0; i < padding.Length; i++)
        {
            padding[i] = most - TokensOf(routing.Segments[i]);
        }

        routing.Pad(padding, paddedAtEnd);
        if (most == 0)
        {
            return text;
        }

        Tensor[] rows = routing.Split(text);
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = Prepend(rows[i], routing.Segments[i], padding[i], paddedAtEnd);
        }

        return routing.Join(rows);
    }

    private Tensor Prepend(Tensor text, RowSegment? segment, int padding, bool paddedAtEnd)
    {
        if (IsEmpty && padding == 0)
        {
            return text;
        }

        List<Tensor> parts = [];
        foreach (Prompt prompt in Of(segment))
        {
            parts.Add(prompt.Vectors(segment?.Task).to(text.dtype).unsqueeze(0).expand(text.size(0), -1, -1));
        }

        parts.Add(text);
        if (padding > 0)
        {
            parts.Insert(paddedAtEnd ? parts.Count : 0, zeros([text.size(0), padding, text.size(2)], dtype: text.dtype, device: text.device));
        }

        return parts.Count == 1 ? text : cat(parts, 1);
    }
}
