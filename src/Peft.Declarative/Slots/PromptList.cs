using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>The prompts of a model, in the order in which their virtual tokens precede the text.</summary>
public sealed class PromptList : PartList<Prompt>
{
    internal PromptList()
        : base(nameof(PromptList))
    {
    }

    /// <summary>The number of virtual tokens of all active prompts.</summary>
    public int ActiveTokens => Active.Sum(prompt => prompt.Tokens);

    /// <summary>Prepends the active prompts to <paramref name="text"/> [batch, time, hidden]. The result is [batch, tokens + time, hidden].</summary>
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
