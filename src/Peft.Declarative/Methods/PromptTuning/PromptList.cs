using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PromptTuning;

/// <summary>Soft prompts on one model, in the order in which they stand before the text.</summary>
public sealed class PromptList : nn.Module
{
    private readonly List<SoftPrompt> _prompts = [];

    internal PromptList()
        : base(nameof(PromptList))
    {
    }

    /// <summary>The prompts, active or not.</summary>
    public IReadOnlyList<SoftPrompt> All => _prompts;

    /// <summary>Number of learned tokens that now stand before the text.</summary>
    public int ActiveTokens => _prompts.Where(prompt => prompt.Active).Sum(prompt => prompt.Tokens);

    /// <summary>Puts a prompt after those already there.</summary>
    /// <param name="prompt">A prompt for this model.</param>
    public void Add(SoftPrompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        _prompts.Add(prompt);
        register_module(prompt.AdapterName, prompt);
    }

    // Everything is registered by name where it is set; TorchSharp would register the fields once more, under their own names.
    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
    }

    internal void Remove(string adapter)
    {
        if (_prompts.RemoveAll(prompt => prompt.AdapterName == adapter) > 0)
        {
            register_module(adapter, null!);
        }
    }

    /// <summary>Vectors [batch, tokens + time, hidden]: the active prompts, then <paramref name="text"/> [batch, time, hidden].</summary>
    internal Tensor Prepend(Tensor text)
    {
        if (ActiveTokens == 0)
        {
            return text;
        }

        IEnumerable<Tensor> learned = _prompts.Where(prompt => prompt.Active).Select(prompt => prompt.Expand(text.size(0)).to(text.dtype));
        return cat([.. learned, text], 1);
    }

    /// <summary>The mask [batch, tokens + time] of a text's mask [batch, time]: learned tokens are never padding.</summary>
    internal Tensor? PrependMask(Tensor? mask, int tokens) =>
        mask is null || tokens == 0 ? mask : cat([ones(mask.size(0), tokens, dtype: mask.dtype, device: mask.device), mask], 1);
}
