using System.Numerics;
using Peft.Declarative.Adapters;
using Peft.Declarative.Generation;
using Peft.Declarative.Generation.Batching;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// A batch whose rows join and leave between two steps (continuous batching, Yu et al. 2022, "Orca"). Each row has its own adapter, options and seed. Its text
/// is that of running it alone. Long prompts are read in pieces, while the other rows go on.
/// </summary>
/// <remarks>
/// The batch runs on the thread that calls it; several threads must not call it at once. Other calls of the model run between two steps. Rows of an adapter
/// that cannot be mixed with others, because it changes parameters of the base, are computed together in a turn of their own within each step, and so are rows
/// of very different lengths.
/// </remarks>
/// <example>
/// <code>
/// using var batch = new ContinuousBatch(model, tokenizer);
/// BatchRow first = batch.Add("Who goes there?", "captain");
/// batch.Step();
/// BatchRow second = batch.Add("Tell me a story", "pip", new GenerationOptions { DoSample = true, Seed = 7 });   // joins the first
/// while (batch.Count > 0)
/// {
///     batch.Step();
/// }
///
/// Console.WriteLine(first.Text);
/// </code>
/// </example>
public sealed class ContinuousBatch : IDisposable
{
    private readonly CausalLanguageModel _model;
    private readonly ITokenizer? _tokenizer;
    private readonly TextGenerator _generator;
    private readonly Dictionary<(int Length, string? Own), BatchLane> _lanes = [];
    private readonly LinkedList<BatchRow> _waiting = [];
    private PromptTree? _known;

    /// <summary>Creates an empty batch.</summary>
    /// <param name="model">The model. The batch does not dispose it.</param>
    /// <param name="tokenizer">The tokenizer. Required for texts and stop strings.</param>
    public ContinuousBatch(CausalLanguageModel model, ITokenizer? tokenizer = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _tokenizer) = (model, tokenizer);
        _generator = new TextGenerator(model, tokenizer);
    }

    /// <summary>The number of rows that are computed in one step, at least 1. Further rows wait. The default is 32.</summary>
    public int MaxRows { get; init; } = 32;

    /// <summary>The number of tokens of prompts that are read in one step, at least 1. More take longer between two tokens of the other rows. The default is 256.</summary>
    public int PrefillTokens { get; init; } = 256;

    /// <summary>
    /// The bytes of keys and values that are kept of prompts, for later rows of the same adapter whose prompts begin with the same tokens, such as a system
    /// prompt. What was used longest ago leaves first. Rows that are read at the same time share a beginning in any case. The default is 0: nothing is kept.
    /// </summary>
    public long PromptMemory { get; init; }

    /// <summary>The number of rows that have not ended, including those that wait.</summary>
    public int Count => _waiting.Count + Running;

    /// <summary>The bytes that are kept of prompts.</summary>
    internal long PromptBytes => _known?.Bytes ?? 0;

    /// <summary>The positions of prompts that have been computed, virtual tokens included.</summary>
    internal long PromptPositions => _known?.Positions ?? 0;

    private int Running => _lanes.Values.Sum(lane => lane.Count);

    /// <summary>Adds a row for a text. It joins the batch in the next step in which there is room.</summary>
    /// <param name="prompt">The text.</param>
    /// <param name="adapter">The name of the adapter; <see langword="null"/> (the default) for the base model.</param>
    /// <param name="options">The options, with one beam and one sequence. The default is those of the model's directory.</param>
    /// <exception cref="PeftException">
    /// PEFT801: options are out of range. PEFT803: the prompt cannot be continued, or not in a batch. PEFT703: the model has no such adapter. PEFT707: the
    /// model is trained.
    /// </exception>
    public BatchRow Add(string prompt, string? adapter = null, GenerationOptions? options = null) => Add(_generator.EncodePrompt(prompt), adapter, options);

    /// <summary>Adds a row for ids, such as a rendered chat. It joins the batch in the next step in which there is room.</summary>
    /// <param name="promptIds">The ids.</param>
    /// <param name="adapter">The name of the adapter; <see langword="null"/> (the default) for the base model.</param>
    /// <param name="options">The options, with one beam and one sequence. The default is those of the model's directory.</param>
    /// <param name="topLogProbabilities">
    /// The number of most likely tokens to report with each new token in <see cref="BatchRow.LogProbabilities"/>, from 0. The default is <see langword="null"/>:
    /// no log-probabilities.
    /// </param>
    /// <exception cref="PeftException">
    /// PEFT801: options are out of range. PEFT803: the prompt cannot be continued, or not in a batch. PEFT703: the model has no such adapter. PEFT707: the
    /// model is trained.
    /// </exception>
    public BatchRow Add(IReadOnlyList<int> promptIds, string? adapter = null, GenerationOptions? options = null, int? topLogProbabilities = null)
    {
        ArgumentNullException.ThrowIfNull(promptIds);
        options = GenerationOptionsCheck.Run(options ?? _generator.Defaults, _model.Config.VocabularySize);
        if (Obstacle(options) is { } obstacle)
        {
            throw new PeftException(RuleIds.PromptUnusable, $"A row of a batch cannot have {obstacle}. Use TextGenerator.");
        }

        if (options.StopStrings.Count > 0 && _tokenizer is null)
        {
            throw new PeftException(RuleIds.PromptUnusable, "StopStrings are compared with text, but this batch has no tokenizer. Give it one.");
        }

        using ModelUse.Use use = _model.Adapters.Use.Compute();   // adapters are active for a moment while they are loaded
        using DisposeScope scope = NewDisposeScope();
        Adapter? named = adapter is null ? null : _model.Adapters[adapter];
        if (named is not { OverridesBase: true })
        {
            _model.Adapters.RequireMixable(named is null ? [] : [named.Name]);
        }

        if (named is not null && Refusal(named.Name, named.Config) is { } refusal)
        {
            throw refusal;
        }

        int most = _model.Config.MaxPositions - (adapter is null ? 0 : _model.LearnedPositionsOf(adapter));
        Tensor ids = tensor([.. promptIds.Select(id => (long)id)], [1, promptIds.Count]);
        PromptCheck.Row(_model, ids, most);
        int limit = Math.Min(options.LengthLimit(promptIds.Count), most);
        PromptCheck.Length(options, promptIds.Count, limit);
        var row = new BatchRow(promptIds, named, options, limit, topLogProbabilities, _tokenizer);
        row.Prepare(_model, options.EosTokenIds ?? _generator.Ends.StopIds, ids);
        _waiting.AddLast(row);
        return row;
    }

    /// <summary>Why no row can have an adapter; <see langword="null"/> if rows can.</summary>
    /// <param name="name">The name of the adapter.</param>
    /// <param name="config">Its config.</param>
    internal static PeftException? Refusal(string name, AdapterConfig config) => AdapterSet.TaskNeeded(name, config) is { } needed
        ? new PeftException(RuleIds.PromptUnusable, $"The {needed}, but a row of a running batch, and so a request to a server, cannot name one of them. "
            + "Train an adapter of one task in its place for each, or use TextGenerator, with taskIds.")
        : null;

    /// <summary>Ends a row at once, wherever it is. Does nothing if it has ended.</summary>
    /// <param name="row">A row of this batch.</param>
    public void Remove(BatchRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (!row.HasEnded)
        {
            row.End(FinishReason.Removed);
            _waiting.Remove(row);
            foreach (BatchLane lane in _lanes.Values)
            {
                lane.DropEnded();
            }
        }
    }

    /// <summary>
    /// Reads prompts, and computes one token for every row whose prompt has been read. A row that fails ends with <see cref="BatchRow.Error"/>; the others go on.
    /// </summary>
    /// <param name="cancellation">Ends the wait for other users of the model with <see cref="OperationCanceledException"/>.</param>
    /// <returns>The rows that have a new token or have ended.</returns>
    /// <exception cref="PeftException">PEFT707: the model is trained. PEFT708: it was disposed.</exception>
    public IReadOnlyList<BatchRow> Step(CancellationToken cancellation = default)
    {
        while (Running < MaxRows && _waiting.First is { } next)
        {
            _waiting.RemoveFirst();
            LaneOf(next.Value).Begin(next.Value);
        }

        List<BatchRow> moved = [];
        BatchLane[] lanes = [.. _lanes.OrderBy(entry => entry.Key.Length).Select(entry => entry.Value)];
        int tokens = PrefillTokens;
        for (int i = 0; i < lanes.Length; i++)
        {
            // What short prompts do not need is left for long ones, which have a share in any case.
            tokens -= lanes[i].Step(Math.Max(1, tokens / (lanes.Length - i)), moved, cancellation);
        }

        foreach ((int, string?) lane in _lanes.Where(entry => entry.Value.Count == 0).Select(entry => entry.Key).ToList())
        {
            _lanes.Remove(lane);
        }

        return moved;
    }

    /// <summary>Ends all rows and frees their memory.</summary>
    public void Dispose()
    {
        foreach (BatchRow row in _waiting.Concat(_lanes.Values.SelectMany(lane => lane.Rows)).ToList())
        {
            Remove(row);
        }

        _known?.Dispose();
    }

    /// <summary>What options ask for that a row of a batch cannot have; <see langword="null"/> if there is nothing.</summary>
    internal static string? Obstacle(GenerationOptions options) =>
        options.NumBeams > 1 ? "NumBeams above 1"
        : options.NumReturnSequences > 1 ? "NumReturnSequences above 1"
        : options.PenaltyAlpha > 0 ? "PenaltyAlpha"
        : options.GuidanceScale != 1 ? "a GuidanceScale other than 1"
        : options.UseCache ? null : "UseCache switched off";

    // A row pays for the keys of the longest one of its lane, so rows of very different lengths are apart: up to 255 tokens, 1,023, 4,095 and so on.
    private BatchLane LaneOf(BatchRow row)
    {
        string? own = row.Owner is { OverridesBase: true } adapter ? adapter.Name : null;
        (int, string?) key = (Math.Max(0, BitOperations.Log2((uint)row.PromptLength) - 6) / 2, own);
        if (!_lanes.TryGetValue(key, out BatchLane? lane))
        {
            _lanes[key] = lane = new BatchLane(_model, own, _known ??= new PromptTree(_model, PromptMemory));
        }

        return lane;
    }
}
