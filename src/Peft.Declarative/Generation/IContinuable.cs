using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>A kind of model that writes texts: what generation has to know of it before the first token.</summary>
internal interface IContinuable
{
    /// <summary>The model.</summary>
    PretrainedModel Model { get; }

    /// <summary>Greatest length of a row.</summary>
    int MaxLength { get; }

    /// <summary>What is wrong with prompts that have the right shape and values; null if nothing is.</summary>
    string? Problem(Tensor promptIds, Tensor? attentionMask);

    /// <summary>Number of ids that a row begins with.</summary>
    int StartLength(Tensor promptIds);

    /// <summary>Makes the model ready to continue rows.</summary>
    /// <param name="promptIds">Ids [rows, length].</param>
    /// <param name="attentionMask">0 on padding [rows, length]; null if there is none.</param>
    /// <param name="limit">Greatest length of a row.</param>
    /// <param name="useCache">Whether earlier tokens are kept or computed anew.</param>
    DecodingSession Begin(Tensor promptIds, Tensor? attentionMask, int limit, bool useCache);
}

/// <summary>A decoder, which goes on where the prompt ends.</summary>
internal sealed class CausalContinuation(CausalLanguageModel model) : IContinuable
{
    public PretrainedModel Model => model;

    public int MaxLength => model.Config.MaxPositions - model.LearnedPositions;

    public string? Problem(Tensor promptIds, Tensor? attentionMask) => promptIds.size(1) >= MaxLength
        ? $"The prompt has {promptIds.size(1)} tokens, but the model reads {MaxLength} with at least one of them generated. Shorten the prompt."
        : attentionMask is null || attentionMask.select(1, attentionMask.size(1) - 1).ne(0).all().item<bool>() ? null
        : "Prompts are padded on the right, so that the text would continue after padding. Pad them on the left.";

    public int StartLength(Tensor promptIds) => (int)promptIds.size(1);

    public DecodingSession Begin(Tensor promptIds, Tensor? attentionMask, int limit, bool useCache) =>
        new CausalSession(model, promptIds, attentionMask, limit, useCache);
}

/// <summary>An encoder-decoder, which reads the prompt as its source and begins a text of its own.</summary>
internal sealed class EncoderDecoderContinuation(EncoderDecoderModel model) : IContinuable
{
    public PretrainedModel Model => model;

    public int MaxLength => int.MaxValue;   // its positions are distances, which have no end

    public string? Problem(Tensor promptIds, Tensor? attentionMask) => null;

    public int StartLength(Tensor promptIds) => 1;

    public DecodingSession Begin(Tensor promptIds, Tensor? attentionMask, int limit, bool useCache) =>
        new EncoderDecoderSession(model, promptIds, attentionMask, limit, useCache);
}
