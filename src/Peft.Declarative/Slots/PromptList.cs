using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>Learned tokens on one model, in the order in which they stand before the text.</summary>
public sealed class PromptList : PartList<Prompt>
{
    internal PromptList()
        : base(nameof(PromptList))
    {
    }

    /// <summary>Number of learned tokens that now stand before the text.</summary>
    public int ActiveTokens => Active.Sum(prompt => prompt.Tokens);

    /// <summary>Vectors [batch, tokens + time, hidden]: the active prompts, then <paramref name="text"/> [batch, time, hidden].</summary>
    internal Tensor Prepend(Tensor text)
    {
        if (ActiveTokens == 0)
        {
            return text;
        }

        IEnumerable<Tensor> learned = Active.Select(prompt => prompt.Vectors().to(text.dtype).unsqueeze(0).expand(text.size(0), -1, -1));
        return cat([.. learned, text], 1);
    }
}
