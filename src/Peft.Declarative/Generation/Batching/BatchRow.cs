using Peft.Declarative.Generation;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Tokenizers;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>A row of a <see cref="ContinuousBatch"/>: a prompt, its adapter and options, and the text so far.</summary>
public sealed class BatchRow
{
    private readonly List<int> _ids;
    private readonly List<TokenLogProbability> _logProbabilities = [];
    private readonly int _promptLength;
    private readonly ITokenizer? _tokenizer;
    private StoppingCriteria? _criteria;
    private IReadOnlyList<int> _eos = [];
    private Tensor? _prompt;

    internal BatchRow(IReadOnlyList<int> promptIds, Adapter? owner, GenerationOptions options, int limit, int? topLogProbabilities, ITokenizer? tokenizer)
    {
        (_ids, _promptLength, Owner, Options, Limit, TopLogProbabilities, _tokenizer) = ([.. promptIds], promptIds.Count, owner, options, limit, topLogProbabilities, tokenizer);
    }

    /// <summary>The name of the adapter; <see langword="null"/> for the base model.</summary>
    public string? Adapter => Owner?.Name;

    /// <summary>The number of tokens of the prompt.</summary>
    public int PromptLength => _promptLength;

    /// <summary>The number of tokens of the prompt whose keys and values were at hand, because an earlier prompt of the same adapter had begun with them.</summary>
    public int CachedTokens { get; internal set; }

    /// <summary>The new tokens, including the one that ended the row.</summary>
    public IReadOnlyList<int> NewTokens => _ids[_promptLength..];

    /// <summary>The number of new tokens.</summary>
    public int NewLength => _ids.Count - _promptLength;

    /// <summary>The last token.</summary>
    internal int LastToken => _ids[^1];

    /// <summary>The log-probabilities of the new tokens; empty if they were not asked for.</summary>
    public IReadOnlyList<TokenLogProbability> LogProbabilities => _logProbabilities;

    /// <summary>Why the row ended; <see langword="null"/> while it goes on.</summary>
    public FinishReason? FinishReason { get; private set; }

    /// <summary>What went wrong; <see langword="null"/> unless <see cref="FinishReason"/> is <see cref="FinishReason.Failed"/>.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Whether the row has ended.</summary>
    public bool HasEnded => FinishReason is not null;

    /// <summary>The text so far, without the token that ended it.</summary>
    /// <exception cref="PeftException">PEFT803: the batch has no tokenizer.</exception>
    public string Text => StreamingDecoder.DecodeCut(
        _tokenizer ?? throw new PeftException(RuleIds.PromptUnusable, "This batch has no tokenizer and knows only ids. Give it one, or read NewTokens."),
        NewTokens.TakeWhile(id => !_eos.Contains(id)));

    internal Adapter? Owner { get; }

    internal GenerationOptions Options { get; }

    internal int Limit { get; }

    internal int? TopLogProbabilities { get; }

    internal LogitsPipeline Pipeline { get; private set; } = null!;

    internal TorchSharp.torch.Generator Random { get; private set; } = null!;

    /// <summary>The number of keys of the row in the cache.</summary>
    internal long Keys { get; set; }

    /// <summary>The number of first keys that have no position.</summary>
    internal int FreeKeys { get; set; }

    /// <summary>The prompt and the new tokens.</summary>
    internal IReadOnlyList<int> Ids => _ids;

    /// <summary>Makes what the selection of tokens needs.</summary>
    internal void Prepare(PretrainedModel model, IReadOnlyList<int> eosTokenIds, Tensor promptIds)
    {
        _prompt = promptIds.to(model.Device).DetachFromDisposeScope();
        _eos = eosTokenIds;
        Pipeline = new LogitsPipeline(Options, _promptLength, Limit, eosTokenIds, _prompt);
        Random = new TorchSharp.torch.Generator((ulong)(Options.Seed ?? System.Random.Shared.NextInt64()), model.Device);
        _criteria = new StoppingCriteria([_ids], eosTokenIds, padTokenId: 0, Options.StopStrings.Count > 0 ? new StopStrings(Options.StopStrings, _tokenizer!) : null);
    }

    /// <summary>Adds a token, which may end the row.</summary>
    internal void Add(long token, TokenLogProbability? logProbability)
    {
        if (logProbability is not null)
        {
            _logProbabilities.Add(logProbability);
        }

        _criteria!.Update([token]);   // adds it to the ids
        if (_criteria.All || _ids.Count >= Limit)
        {
            End(_criteria.All ? Declarative.FinishReason.Stop : Declarative.FinishReason.Length);
        }
    }

    /// <summary>Computes something for rows. A failure ends these rows and no others.</summary>
    /// <returns>The rows that it has ended.</returns>
    internal static IReadOnlyList<BatchRow> Guard(IReadOnlyList<BatchRow> rows, Action compute)
    {
        try
        {
            using DisposeScope scope = NewDisposeScope();
            compute();
            return [];
        }
        catch (Exception error)
        {
            BatchRow[] failed = [.. rows.Where(row => !row.HasEnded)];
            Array.ForEach(failed, row => row.Fail(error));
            return failed;
        }
    }

    internal void Fail(Exception error)
    {
        Error = error;
        End(Declarative.FinishReason.Failed);
    }

    internal void End(FinishReason reason)
    {
        FinishReason = reason;
        _prompt?.Dispose();
        Random?.Dispose();
    }
}

/// <summary>Why a row ended.</summary>
public enum FinishReason
{
    /// <summary>A token or a stop string ended the text.</summary>
    Stop,

    /// <summary>It reached the maximum length.</summary>
    Length,

    /// <summary>It was removed from the batch.</summary>
    Removed,

    /// <summary>It could not be computed.</summary>
    Failed,
}

/// <summary>How likely a token was for the model, before temperature and other rules.</summary>
/// <param name="Id">The token.</param>
/// <param name="LogProbability">Its natural logarithmic probability.</param>
/// <param name="Top">The most likely tokens at its place, the likeliest first.</param>
public sealed record TokenLogProbability(int Id, double LogProbability, IReadOnlyList<(int Id, double LogProbability)> Top);
