using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>A kind of model that generates text, with what generation needs to know before the first token.</summary>
internal interface IContinuable
{
    /// <summary>The model.</summary>
    PretrainedModel Model { get; }

    /// <summary>The maximum length of a row.</summary>
    int MaxLength { get; }

    /// <summary>Gets the problem with prompts that have the right shape and values; <see langword="null"/> if there is none.</summary>
    string? Problem(Tensor promptIds, Tensor? attentionMask);

    /// <summary>Gets the number of ids with which a row begins.</summary>
    int StartLength(Tensor promptIds);

    /// <summary>Creates a session that continues rows.</summary>
    /// <param name="promptIds">The ids [rows, length].</param>
    /// <param name="attentionMask">0 for padding [rows, length]; <see langword="null"/> if there is none.</param>
    /// <param name="limit">The maximum length of a row.</param>
    /// <param name="useCache">Whether keys and values of earlier tokens are kept.</param>
    DecodingSession Begin(Tensor promptIds, Tensor? attentionMask, int limit, bool useCache);
}

/// <summary>A decoder, which continues the prompt.</summary>
internal sealed class CausalContinuation(CausalLanguageModel model) : IContinuable
{
    public PretrainedModel Model => model;

    public int MaxLength => model.Config.MaxPositions - model.LearnedPositions;

    public string? Problem(Tensor promptIds, Tensor? attentionMask) => PromptCheck.TooLong(promptIds.size(1), MaxLength) is { } problem ? problem
        : attentionMask is null || attentionMask.select(1, attentionMask.size(1) - 1).ne(Scalars.Of(0)).all().item<bool>() ? null
        : "Prompts are padded on the right, so that the text would continue after padding. Pad them on the left.";

    public int StartLength(Tensor promptIds) => (int)promptIds.size(1);

    public DecodingSession Begin(Tensor promptIds, Tensor? attentionMask, int limit, bool useCache) =>
        new CausalSession(model, promptIds, attentionMask, limit, useCache);
}

/// <summary>An encoder-decoder, which reads the prompt as its source and begins a new text.</summary>
internal sealed class EncoderDecoderContinuation(EncoderDecoderModel model) : IContinuable
{
    public PretrainedModel Model => model;

    public int MaxLength => int.MaxValue;   // its positions are relative and not limited

    public string? Problem(Tensor promptIds, Tensor? attentionMask) => null;

    public int StartLength(Tensor promptIds) => 1;

    public DecodingSession Begin(Tensor promptIds, Tensor? attentionMask, int limit, bool useCache) =>
        new EncoderDecoderSession(model, promptIds, attentionMask, limit, useCache);
}
