using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>An encoder-decoder, which reads the prompt as its source and begins a text of its own.</summary>
internal sealed class EncoderDecoderContinuation(EncoderDecoderModel model) : IContinuable
{
    public PretrainedModel Model => model;

    public int MaxLength => int.MaxValue;   // its positions are distances, which have no end

    public string? Problem(Tensor promptIds, Tensor? attentionMask) => null;

    public Tensor StartIds(Tensor promptIds) => model.StartIds(promptIds.size(0));

    public IDecodingState Begin(Tensor promptIds, Tensor? attentionMask, int limit, bool useCache) =>
        new EncoderDecoderState(model, promptIds, attentionMask, useCache);
}
