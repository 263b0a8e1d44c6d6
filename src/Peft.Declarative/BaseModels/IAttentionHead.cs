namespace Peft.Declarative.BaseModels;

/// <summary>
/// Attention of the query heads that share one head of keys, in host memory, over a block of these keys. <see cref="FusedAttentionPass"/> is compiled for each
/// implementation.
/// </summary>
/// <typeparam name="TSelf">The implementation.</typeparam>
internal unsafe interface IAttentionHead<TSelf>
    where TSelf : struct, IAttentionHead<TSelf>
{
    /// <summary>The keys of a block, at most.</summary>
    static abstract int MostKeys { get; }

    /// <summary>The numbers of scratch memory.</summary>
    /// <param name="keys">The keys of a block.</param>
    /// <param name="width">Their features.</param>
    static abstract long Scratch(int keys, int width);

    /// <summary>Prepares a block of keys.</summary>
    /// <param name="scratch">Memory for <see cref="Scratch"/> numbers.</param>
    /// <param name="keys">The block, and where its gradients are written.</param>
    /// <param name="scores">How scores are computed.</param>
    static abstract TSelf Create(float* scratch, in KeyBlock keys, AttentionScores scores);

    /// <summary>Computes the outputs of all queries of a head, and the logarithm of each one's sum of exponentials; after the first block, those of all so far.</summary>
    void Forward(HeadRows queries, HeadRows outputs, float* logSums);

    /// <summary>Computes the gradients of all queries of a head, or after the first block adds to them, and sums those of keys and values.</summary>
    /// <param name="queries">The queries.</param>
    /// <param name="outputs">From <see cref="Forward"/> of all blocks.</param>
    /// <param name="logSums">Likewise.</param>
    /// <param name="received">The gradients of the outputs.</param>
    /// <param name="gradients">Receives the gradients of the queries.</param>
    void Backward(HeadRows queries, HeadRows outputs, float* logSums, HeadRows received, HeadRows gradients);

    /// <summary>Writes the gradients of keys and values.</summary>
    void PutGradients(HeadRows keys, HeadRows values);
}

/// <summary>Some keys of a head and their values, in a row.</summary>
/// <param name="First">The position of the first.</param>
/// <param name="Keys">The keys [count, width].</param>
/// <param name="Values">The values, likewise.</param>
/// <param name="HasGradients">Whether there will be a backward pass over them.</param>
internal readonly record struct KeyBlock(int First, HeadRows Keys, HeadRows Values, bool HasGradients);
