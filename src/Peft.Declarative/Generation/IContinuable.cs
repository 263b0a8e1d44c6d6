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

    /// <summary>Ids [rows, length] that the rows begin with.</summary>
    Tensor StartIds(Tensor promptIds);

    /// <summary>Makes the model ready to continue rows.</summary>
    /// <param name="promptIds">Ids [rows, length].</param>
    /// <param name="attentionMask">0 on padding [rows, length]; null if there is none.</param>
    /// <param name="limit">Greatest length of a row.</param>
    /// <param name="useCache">Whether earlier tokens are kept or computed anew.</param>
    IDecodingState Begin(Tensor promptIds, Tensor? attentionMask, int limit, bool useCache);
}
