using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>What every way of searching works with.</summary>
/// <param name="Session">The rows, one per prompt at the start.</param>
/// <param name="Pipeline">Rules for scores.</param>
/// <param name="Options">What was asked for.</param>
/// <param name="Limit">Greatest length of a row.</param>
/// <param name="EosTokenIds">Ids that end a row.</param>
/// <param name="PadTokenId">Id that fills ended rows.</param>
/// <param name="Random">Stream of the draws.</param>
internal sealed record SearchContext(
    DecodingSession Session,
    LogitsPipeline Pipeline,
    GenerationOptions Options,
    int Limit,
    IReadOnlyList<int> EosTokenIds,
    int PadTokenId,
    TorchSharp.torch.Generator Random)
{
    /// <summary>Makes stop strings searchable; null without any.</summary>
    internal StopStrings? Stops { get; init; }

    /// <summary>Gets the ids of every step, one per row.</summary>
    internal Action<IReadOnlyList<long>>? OnStep { get; init; }

    /// <summary>Ends the search between two tokens.</summary>
    internal CancellationToken Cancellation { get; init; }

    /// <summary>Length of the prompts, padding included.</summary>
    internal int PromptLength { get; } = Session.Length;

    /// <summary>Rows that are all running.</summary>
    internal StoppingCriteria StartRows()
    {
        using DisposeScope scope = NewDisposeScope();
        List<int>[] prompts = [.. Enumerable.Range(0, (int)Session.Ids.size(0)).Select(_ => new List<int>())];
        if (Stops is not null)
        {
            long[] ids = Host(Session.Ids);
            for (int at = 0; at < ids.Length; at++)
            {
                prompts[at / PromptLength].Add((int)ids[at]);
            }
        }

        return new StoppingCriteria(prompts, EosTokenIds, PadTokenId, Stops);
    }

    /// <summary>The values of an int64 tensor, row by row.</summary>
    internal static long[] Host(Tensor values) => values.cpu().contiguous().data<long>().ToArray();
}
