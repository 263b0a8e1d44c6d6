using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>A decoder, which goes on where the prompt ends.</summary>
internal sealed class CausalContinuation(CausalLanguageModel model) : IContinuable
{
    public PretrainedModel Model => model;

    public int MaxLength => model.Config.MaxPositions - model.LearnedPositions;

    public string? Problem(Tensor promptIds, Tensor? attentionMask) => promptIds.size(1) >= MaxLength
        ? $"The prompt has {promptIds.size(1)} tokens, but the model reads {MaxLength} with at least one of them generated. Shorten the prompt."
        : attentionMask is null || attentionMask.select(1, attentionMask.size(1) - 1).ne(0).all().item<bool>() ? null
        : "Prompts are padded on the right, so that the text would continue after padding. Pad them on the left.";

    public Tensor StartIds(Tensor promptIds) => promptIds;

    public IDecodingState Begin(Tensor promptIds, Tensor? attentionMask, int limit, bool useCache) =>
        new CausalState(model, attentionMask, limit, useCache);
}
