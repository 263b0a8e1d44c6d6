using Peft.Declarative.Adapters;
using Peft.Declarative.Generation;
using Peft.Declarative.Slots.Rows;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// Continues token ids or texts with a model and whatever adapters are active on it. A causal language model goes on where the prompt ends; an
/// encoder-decoder reads the prompt and begins a text of its own. Everything runs on the calling thread; one model serves one call at a time.
/// </summary>
public sealed partial class TextGenerator
{
    private readonly IContinuable _kind;
    private readonly PretrainedModel _model;
    private readonly ITokenizer? _tokenizer;

    /// <summary>Makes a generator of a causal language model.</summary>
    /// <param name="model">The model. It is switched to evaluation for a call, and back.</param>
    /// <param name="tokenizer">Its tokenizer; needed for texts and stop strings.</param>
    public TextGenerator(CausalLanguageModel model, ITokenizer? tokenizer = null)
        : this(new CausalContinuation(model), tokenizer)
    {
    }

    /// <summary>Makes a generator of an encoder-decoder.</summary>
    /// <param name="model">The model. It is switched to evaluation for a call, and back.</param>
    /// <param name="tokenizer">Its tokenizer; needed for texts and stop strings.</param>
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

        // Files hold -1, or ids of tokens that were never given a row of the embedding; the ends are in Ends.
        Defaults = asked with { EosTokenIds = null, PadTokenId = asked.PadTokenId is { } pad && pad >= 0 && pad < _model.Config.VocabularySize ? pad : null };
    }

    /// <summary>What the model's directory asks for in <c>generation_config.json</c>; used where a call brings no options.</summary>
    public GenerationOptions Defaults { get; }

    /// <summary>The ids that end a text, where the options name none.</summary>
    public TextEnds Ends { get; }

    /// <summary>
    /// Continues rows of ids and gives prompt and text, int64 [prompts × sequences per prompt, length]; of an encoder-decoder, its starting id and
    /// the text.
    /// </summary>
    /// <param name="inputIds">Prompts, int64 [prompts, length], shorter ones padded on the left.</param>
    /// <param name="attentionMask">1 on tokens, 0 on padding, same shape; null if nothing is padded.</param>
    /// <param name="options">How; <see cref="Defaults"/> unless given.</param>
    /// <param name="adapters">The name of each prompt's adapter, or null for the base model; the active adapters for all prompts unless given.</param>
    /// <exception cref="PeftException">PEFT801: options out of range. PEFT803: prompts that cannot be continued. PEFT703: an adapter is not on the model.</exception>
    public Tensor Generate(Tensor inputIds, Tensor? attentionMask = null, GenerationOptions? options = null, IReadOnlyList<string?>? adapters = null)
    {
        GenerationResult result = Run(inputIds, attentionMask, options, adapters: adapters);
        result.SequenceScores?.Dispose();
        result.TokenLogProbabilities?.Dispose();
        return result.Sequences;
    }

    /// <summary>Like <see cref="Generate"/>, with scores, a callback for every step, and cancellation between two tokens.</summary>
    /// <param name="inputIds">Prompts, int64 [prompts, length], shorter ones padded on the left.</param>
    /// <param name="attentionMask">1 on tokens, 0 on padding, same shape; null if nothing is padded.</param>
    /// <param name="options">How; <see cref="Defaults"/> unless given.</param>
    /// <param name="onStep">Gets the new id of every row, the pad id for rows that have ended; not called with beams, whose texts change.</param>
    /// <param name="cancellation">Ends the call with <see cref="OperationCanceledException"/>.</param>
    /// <param name="adapters">The name of each prompt's adapter, or null for the base model; the active adapters for all prompts unless given.</param>
    /// <exception cref="PeftException">PEFT801: options out of range. PEFT803: prompts that cannot be continued. PEFT703: an adapter is not on the model.</exception>
    public GenerationResult Run(
        Tensor inputIds, Tensor? attentionMask = null, GenerationOptions? options = null,
        Action<IReadOnlyList<long>>? onStep = null, CancellationToken cancellation = default, IReadOnlyList<string?>? adapters = null)
    {
        options ??= Defaults;
        options = options.Temperature == 0 ? options with { DoSample = false, Temperature = 1 } : options;
        GenerationOptionsCheck.Run(options, _model.Config.VocabularySize);
        if (options.GuidanceScale != 1 && _model is not CausalLanguageModel)
        {
            throw new PeftException(RuleIds.PromptUnusable, $"GuidanceScale compares with a model that has not read the prompt, which '{_model.Config.ModelType}' always "
                + "reads. Leave it at 1.");
        }

        if (options.StopStrings.Count > 0 && (_tokenizer is null || options.NumBeams > 1))
        {
            throw new PeftException(RuleIds.PromptUnusable, _tokenizer is null
                ? "StopStrings are compared with text, but this generator has no tokenizer. Give it one."
                : "StopStrings cannot be combined with NumBeams: beams end where their score says. Use one of them.");
        }

        using ModelUse.Use use = _model.Adapters.Use.Compute(cancellation);
        bool training = _model.training;
        if (training || !_model.Adapters.ModeIsSettled)   // with hundreds of adapters there are many modules to tell
        {
            _model.eval();
            _model.Adapters.ModeIsSettled = !training;
        }

        try
        {
            using IDisposable untracked = no_grad();
            using DisposeScope scope = NewDisposeScope();
            PromptCheck.Shapes(inputIds, attentionMask);
            using RoutingPass pass = _model.Adapters.BeginPass(adapters, inputIds.size(0), _model.Device, keepsStacks: true);
            PromptCheck.Run(_kind, inputIds, attentionMask);
            GenerationResult result = Search(inputIds.to(_model.Device), Padding(attentionMask), options, onStep, cancellation);
            result.Sequences.MoveToOuterDisposeScope();
            result.SequenceScores?.MoveToOuterDisposeScope();
            result.TokenLogProbabilities?.MoveToOuterDisposeScope();
            return result;
        }
        finally
        {
            if (training)
            {
                _model.train();
            }
        }
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
        };
        return options.NumBeams > 1 ? new BeamSearch(context).Run()
            : options.PenaltyAlpha > 0 ? new ContrastiveSearch(context).Run()
            : new TokenSearch(context).Run();
    }

    // Without padding the model needs no mask, and attention its fastest form.
    private Tensor? Padding(Tensor? attentionMask) =>
        attentionMask is null || attentionMask.ne(0).all().item<bool>() ? null : attentionMask.to(ScalarType.Int64).to(_model.Device);
}
