using Peft.Declarative.Adapters;
using Peft.Declarative.Generation;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Rows;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// Continues token ids or texts with a model and its active adapters. A causal language model continues the prompt; an encoder-decoder reads the
/// prompt and generates a new text. Everything runs on the calling thread. One model serves one call at a time.
/// </summary>
/// <example>
/// <code>
/// var generator = new TextGenerator(model, tokenizer);
/// string answer = generator.Complete("Once upon a time", new GenerationOptions { MaxNewTokens = 50 });
/// </code>
/// </example>
public sealed partial class TextGenerator
{
    private readonly IContinuable _kind;
    private readonly PretrainedModel _model;
    private readonly ITokenizer? _tokenizer;

    /// <summary>Creates a generator for a causal language model.</summary>
    /// <param name="model">The model. It is in evaluation mode during a call.</param>
    /// <param name="tokenizer">The tokenizer. Required for texts and stop strings.</param>
    public TextGenerator(CausalLanguageModel model, ITokenizer? tokenizer = null)
        : this(new CausalContinuation(model), tokenizer)
    {
    }

    /// <summary>Creates a generator for an encoder-decoder.</summary>
    /// <param name="model">The model. It is in evaluation mode during a call.</param>
    /// <param name="tokenizer">The tokenizer. Required for texts and stop strings.</param>
    public TextGenerator(EncoderDecoderModel model, ITokenizer? tokenizer = null)
        : this(new EncoderDecoderContinuation(model), tokenizer)
    {
    }

    private TextGenerator(IContinuable kind, ITokenizer? tokenizer)
    {
        _kind = kind;
        _tokenizer = tokenizer;
        _model = kind.Model;
        Ends = TextEnds.Of(_model, tokenizer);
        GenerationOptions asked = _model.Directory is { } directory ? GenerationOptionsFile.Read(directory) : new GenerationOptions();

        // Files can contain -1, or ids of tokens that have no row in the embedding. The ids that end a text are in Ends.
        Defaults = asked with { EosTokenIds = null, PadTokenId = asked.PadTokenId is { } pad && pad >= 0 && pad < _model.Config.VocabularySize ? pad : null };
    }

    /// <summary>The options in the <c>generation_config.json</c> of the model's directory. Used by calls without options.</summary>
    public GenerationOptions Defaults { get; }

    /// <summary>The ids that end a text, unless the options name some.</summary>
    public TextEnds Ends { get; }

    /// <summary>
    /// Continues rows of ids and returns prompt and text, int64 [prompts × sequences per prompt, length]. For an encoder-decoder, the result is its
    /// start id and the text.
    /// </summary>
    /// <param name="inputIds">The prompts, int64 [prompts, length], shorter ones padded on the left.</param>
    /// <param name="attentionMask">1 for tokens, 0 for padding, same shape; <see langword="null"/> (the default) if there is no padding.</param>
    /// <param name="options">The options. The default is <see cref="Defaults"/>.</param>
    /// <param name="adapters">
    /// The name of the adapter of each prompt, or <see langword="null"/> for the base model. By default, the active adapters apply to all prompts.
    /// </param>
    /// <param name="taskIds"><inheritdoc cref="ModelInput.TaskIds" path="/summary"/></param>
    /// <exception cref="PeftException">
    /// PEFT801: options are out of range. PEFT803: a prompt cannot be continued. PEFT703: the model has no adapter of a name.
    /// </exception>
    public Tensor Generate(
        Tensor inputIds, Tensor? attentionMask = null, GenerationOptions? options = null, IReadOnlyList<string?>? adapters = null, IReadOnlyList<int?>? taskIds = null)
    {
        GenerationResult result = Run(inputIds, attentionMask, options, adapters: adapters, taskIds: taskIds);
        result.SequenceScores?.Dispose();
        result.TokenLogProbabilities?.Dispose();
        return result.Sequences;
    }

    /// <summary>Does the same as <see cref="Generate"/>, with scores, a callback for every step, and cancellation between two tokens.</summary>
    /// <param name="inputIds">The prompts, int64 [prompts, length], shorter ones padded on the left.</param>
    /// <param name="attentionMask">1 for tokens, 0 for padding, same shape; <see langword="null"/> (the default) if there is no padding.</param>
    /// <param name="options">The options. The default is <see cref="Defaults"/>.</param>
    /// <param name="onStep">Receives the new id of every row, the pad id for rows that have ended. Not called with beams, whose texts change.</param>
    /// <param name="cancellation">Ends the call with <see cref="OperationCanceledException"/>.</param>
    /// <param name="adapters">
    /// The name of the adapter of each prompt, or <see langword="null"/> for the base model. By default, the active adapters apply to all prompts.
    /// </param>
    /// <param name="taskIds"><inheritdoc cref="ModelInput.TaskIds" path="/summary"/></param>
    /// <exception cref="PeftException">
    /// PEFT801: options are out of range. PEFT803: a prompt cannot be continued. PEFT703: the model has no adapter of a name.
    /// </exception>
    public GenerationResult Run(
        Tensor inputIds, Tensor? attentionMask = null, GenerationOptions? options = null,
        Action<IReadOnlyList<long>>? onStep = null, CancellationToken cancellation = default, IReadOnlyList<string?>? adapters = null,
        IReadOnlyList<int?>? taskIds = null)
    {
        options = GenerationOptionsCheck.Run(options ?? Defaults, _model.Config.VocabularySize);
        if (options.GuidanceScale != 1 && _model is not CausalLanguageModel)
        {
            throw new PeftException(RuleIds.PromptUnusable, $"GuidanceScale compares with a model that has not read the prompt, but '{_model.Config.ModelType}' always "
                + "reads it. Leave it at 1.");
        }

        if (options.StopStrings.Count > 0 && (_tokenizer is null || options.NumBeams > 1))
        {
            throw new PeftException(RuleIds.PromptUnusable, _tokenizer is null
                ? "StopStrings are compared with text, but this generator has no tokenizer. Give it one."
                : "StopStrings cannot be combined with NumBeams: beams end where their score says. Use one of them.");
        }

        using ModelUse.Use use = _model.Adapters.Use.Compute(cancellation);
        using EvaluationMode mode = EvaluationMode.Of(_model);
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        PromptCheck.Shapes(inputIds, attentionMask);
        using RoutingPass pass = _model.Adapters.BeginPass(adapters, taskIds, inputIds.size(0), _model.Device, keepsStacks: true);
        PromptCheck.Run(_kind, inputIds, attentionMask);
        GenerationResult result = Search(inputIds.to(_model.Device), Padding(attentionMask), options, onStep, cancellation);
        result.Sequences.MoveToOuterDisposeScope();
        result.SequenceScores?.MoveToOuterDisposeScope();
        result.TokenLogProbabilities?.MoveToOuterDisposeScope();
        return result;
    }

    private GenerationResult Search(
        Tensor ids, Tensor? mask, GenerationOptions options, Action<IReadOnlyList<long>>? onStep, CancellationToken cancellation)
    {
        int promptLength = _kind.StartLength(ids);
        int limit = Math.Min(options.LengthLimit(promptLength), _kind.MaxLength);
        PromptCheck.Length(options, promptLength, limit);
        IReadOnlyList<int> eos = options.EosTokenIds ?? Ends.StopIds;
        using ClassifierFreeGuidance? guidance = options.GuidanceScale == 1 ? null
            : new ClassifierFreeGuidance(_kind, options.GuidanceScale, promptLength, limit, options.UseCache);
        int room = Math.Max(limit, promptLength);
        using DecodingSession session = _kind.Begin(ids, mask, room, options.UseCache);
        using var random = new TorchSharp.torch.Generator((ulong)(options.Seed ?? System.Random.Shared.NextInt64()), _model.Device);
        SearchContext context = new(
            session, new LogitsPipeline(options, promptLength, limit, eos, ids, guidance), options, limit, eos,
            options.PadTokenId ?? Ends.PadId ?? eos.FirstOrDefault(), random)
        {
            Stops = options.StopStrings.Count > 0 ? new StopStrings(options.StopStrings, _tokenizer!) : null,
            OnStep = onStep,
            Cancellation = cancellation,
            Drafts = options.PromptLookupNumTokens > 0 && ComputesTokensAlone ? Math.Min(options.PromptLookupNumTokens, RowProduct.FewRows - 1) : 0,
        };
        return options.NumBeams > 1 ? new BeamSearch(context).Run()
            : options.PenaltyAlpha > 0 ? new ContrastiveSearch(context).Run()
            : new TokenSearch(context).Run();
    }

    // Whether the other tokens of a pass have no influence on a token but by attention.
    private bool ComputesTokensAlone => !_model.AveragesRows
        && !SlotTree.Layers(_model).Any(slot => slot.Base?.Quantized?.Weight.Settings is { Type: QuantizationType.Int8, OutlierThreshold: > 0 });

    // Without padding, the model needs no mask, and attention is fastest.
    private Tensor? Padding(Tensor? attentionMask) =>
        attentionMask is null || attentionMask.ne(Scalars.Of(0)).all().item<bool>() ? null : attentionMask.to(ScalarType.Int64).to(_model.Device);
}
