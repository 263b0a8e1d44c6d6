using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>The inputs of a search.</summary>
/// <param name="Session">The rows, one per prompt at the start.</param>
/// <param name="Pipeline">The rules for scores.</param>
/// <param name="Options">The options.</param>
/// <param name="Limit">The maximum length of a row.</param>
/// <param name="EosTokenIds">The ids that end a row.</param>
/// <param name="PadTokenId">The id that fills ended rows.</param>
/// <param name="Random">The random numbers for sampling.</param>
internal sealed record SearchContext(
    DecodingSession Session,
    LogitsPipeline Pipeline,
    GenerationOptions Options,
    int Limit,
    IReadOnlyList<int> EosTokenIds,
    int PadTokenId,
    TorchSharp.torch.Generator Random)
{
    /// <summary>Finds stop strings; <see langword="null"/> if there are none.</summary>
    internal StopStrings? Stops { get; init; }

    /// <summary>Receives the ids of every step, one per row.</summary>
    internal Action<IReadOnlyList<long>>? OnStep { get; init; }

    /// <summary>Ends the search between two tokens.</summary>
    internal CancellationToken Cancellation { get; init; }

    /// <summary>The maximum number of tokens that are drafted for a pass; 0 for none.</summary>
    internal int Drafts { get; init; }

    /// <summary>The length of the prompts, including padding.</summary>
    internal int PromptLength { get; } = Session.Length;

    /// <summary>Creates the stopping criteria, with all rows running.</summary>
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

    /// <summary>Copies the values of an int64 tensor, row by row.</summary>
    internal static long[] Host(Tensor values) => values.cpu().contiguous().data<long>().ToArray();
}
