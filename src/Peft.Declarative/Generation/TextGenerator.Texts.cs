using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Peft.Declarative.Generation;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Tokenizers;
using static TorchSharp.torch;

namespace Peft.Declarative;

// Generation with texts instead of ids.
public sealed partial class TextGenerator
{
    private TokenFrame? _frame;

    private ITokenizer Tokenizer => _tokenizer
        ?? throw new PeftException(RuleIds.PromptUnusable, "This generator has no tokenizer and continues only ids. Give it one.");

    /// <summary>
    /// The ids of a prompt. A decoder continues at the end of the prompt, which must not contain an id that ends a text. An encoder reads a whole text.
    /// </summary>
    internal IReadOnlyList<int> EncodePrompt(string prompt)
    {
        _frame ??= new TokenFrame(Tokenizer);
        return _model is EncoderDecoderModel ? _frame.Whole(prompt) : _frame.Opened(prompt);
    }

    /// <summary>Continues a text.</summary>
    /// <param name="prompt">The text.</param>
    /// <param name="options">The options. The default is <see cref="Defaults"/>.</param>
    /// <param name="cancellation">Ends the call with <see cref="OperationCanceledException"/>.</param>
    /// <returns>The continuation, without the prompt.</returns>
    /// <exception cref="PeftException">PEFT801: options are out of range. PEFT803: the prompt cannot be continued.</exception>
    /// <example>
    /// <code>
    /// var generator = new TextGenerator(model, tokenizer);
    /// string text = generator.Complete("The ship's captain said:", new GenerationOptions { MaxNewTokens = 40 });
    /// </code>
    /// </example>
    public string Complete(string prompt, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        Complete([prompt], options, cancellation)[0];

    /// <summary>Continues several texts in one batch.</summary>
    /// <param name="prompts">The texts.</param>
    /// <param name="options">The options. The default is <see cref="Defaults"/>.</param>
    /// <param name="cancellation">Ends the call with <see cref="OperationCanceledException"/>.</param>
    /// <returns>The continuations, <see cref="GenerationOptions.NumReturnSequences"/> for each prompt.</returns>
    /// <exception cref="PeftException">PEFT801: options are out of range. PEFT803: a prompt cannot be continued.</exception>
    public IReadOnlyList<string> Complete(IReadOnlyList<string> prompts, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        Complete(prompts, adapters: null, options, cancellation);

    /// <summary>Continues several texts in one batch, each with its own adapter.</summary>
    /// <param name="prompts">The texts.</param>
    /// <param name="adapters">
    /// The name of the adapter of each text, or <see langword="null"/> for the base model. The adapters do not have to be active. If the list is
    /// <see langword="null"/>, the active adapters apply to all texts.
    /// </param>
    /// <param name="options">The options. The default is <see cref="Defaults"/>.</param>
    /// <param name="cancellation">Ends the call with <see cref="OperationCanceledException"/>.</param>
    /// <param name="taskIds"><inheritdoc cref="ModelInput.TaskIds" path="/summary"/></param>
    /// <returns>The continuations, <see cref="GenerationOptions.NumReturnSequences"/> for each prompt.</returns>
    /// <exception cref="PeftException">
    /// PEFT801: options are out of range. PEFT803: a prompt cannot be continued. PEFT703: the model has no adapter of a name. PEFT202: the number of adapters is
    /// not that of the prompts.
    /// </exception>
    /// <example>
    /// <code>
    /// IReadOnlyList&lt;string&gt; answers = generator.Complete(["Who goes there?", "Who goes there?"], ["captain", "pip"]);
    /// </code>
    /// </example>
    public IReadOnlyList<string> Complete(
        IReadOnlyList<string> prompts, IReadOnlyList<string?>? adapters, GenerationOptions? options = null, CancellationToken cancellation = default,
        IReadOnlyList<int?>? taskIds = null)
    {
        if (prompts.Count == 0)
        {
            throw new PeftException(RuleIds.PromptUnusable, "There are no prompts. Give at least one.");
        }

        using DisposeScope scope = NewDisposeScope();
        IReadOnlyList<int>[] rows = [.. prompts.Select(EncodePrompt)];
        (Tensor ids, Tensor mask) = PadLeft(rows);
        GenerationResult result = Run(ids, mask, options, cancellation: cancellation, adapters: adapters, taskIds: taskIds);
        return [.. Enumerable.Range(0, (int)result.Sequences.size(0)).Select(row => StreamingDecoder.DecodeCut(Tokenizer, Text(result.NewTokens(row), options)))];
    }

    /// <summary>Continues a text and returns it in pieces, each as soon as its characters are complete.</summary>
    /// <param name="prompt">The text.</param>
    /// <param name="onText">Receives the pieces, on the calling thread.</param>
    /// <param name="options">The options, with one beam and one sequence. The default is <see cref="Defaults"/>.</param>
    /// <param name="cancellation">Ends the call with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="PeftException">PEFT801: options are out of range. PEFT803: the prompt cannot be continued.</exception>
    public void Stream(string prompt, Action<string> onText, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        Stream(EncodePrompt(prompt), onText, options, cancellation);

    /// <summary>Continues ids, such as a rendered chat, and returns the text in pieces.</summary>
    /// <param name="promptIds">The ids.</param>
    /// <param name="onText">Receives the pieces, on the calling thread.</param>
    /// <param name="options">The options, with one beam and one sequence. The default is <see cref="Defaults"/>.</param>
    /// <param name="cancellation">Ends the call with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="PeftException">PEFT801: options are out of range. PEFT803: the prompt cannot be continued.</exception>
    public void Stream(
        IReadOnlyList<int> promptIds, Action<string> onText, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        StreamToEnd(promptIds, onText, options ?? Defaults, cancellation);

    /// <summary>Continues a text on another thread and returns it in pieces.</summary>
    /// <param name="prompt">The text.</param>
    /// <param name="options">The options, with one beam and one sequence. The default is <see cref="Defaults"/>.</param>
    /// <param name="cancellation">Ends the stream with <see cref="OperationCanceledException"/>. Leaving the loop early ends it too.</param>
    /// <exception cref="PeftException">PEFT801: options are out of range. PEFT803: the prompt cannot be continued.</exception>
    public IAsyncEnumerable<string> StreamAsync(string prompt, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        StreamAsync(EncodePrompt(prompt), options, cancellation);

    /// <summary>Continues ids, such as a rendered chat, on another thread and returns the text in pieces.</summary>
    /// <param name="promptIds">The ids.</param>
    /// <param name="options">The options, with one beam and one sequence. The default is <see cref="Defaults"/>.</param>
    /// <param name="cancellation">Ends the stream with <see cref="OperationCanceledException"/>. Leaving the loop early ends it too.</param>
    /// <exception cref="PeftException">PEFT801: options are out of range. PEFT803: the prompt cannot be continued.</exception>
    public IAsyncEnumerable<string> StreamAsync(
        IReadOnlyList<int> promptIds, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        StreamAsync(promptIds, options ?? Defaults, adapter: null, _ => { }, cancellation);

    /// <summary>
    /// Does the same in a turn of one adapter, unless it is <see langword="null"/>, and reports how the text ended before the last piece is returned.
    /// </summary>
    internal async IAsyncEnumerable<string> StreamAsync(
        IReadOnlyList<int> promptIds, GenerationOptions options, string? adapter, Action<StreamEnd> onEnd, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Channel<string> pieces = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

        Task run = ProduceAsync(promptIds, options, adapter, pieces.Writer, onEnd, stop.Token);
        try
        {
            await foreach (string piece in pieces.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                yield return piece;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await run.ConfigureAwait(false);   // the model is free again when the loop ends
        }
    }

    private StreamEnd StreamToEnd(IReadOnlyList<int> promptIds, Action<string> onText, GenerationOptions options, CancellationToken cancellation)
    {
        if (options.NumBeams > 1 || options.NumReturnSequences > 1)
        {
            throw new PeftException(RuleIds.PromptUnusable, "A stream returns one text, but NumBeams or NumReturnSequences ask for several. Set both to 1.");
        }

        StreamingDecoder decoder = new(Tokenizer, skipSpecialTokens: true);
        using DisposeScope scope = NewDisposeScope();
        (Tensor ids, _) = PadLeft([promptIds]);
        using GenerationResult result = Run(ids, null, options, next => Show(decoder.Add((int)next[0])), cancellation);
        Show(decoder.Complete());

        IReadOnlyList<int> tokens = result.NewTokens(0);
        bool full = result.PromptLength + tokens.Count >= Math.Min(options.LengthLimit(result.PromptLength), _kind.MaxLength);
        return new StreamEnd(tokens.Count, full && Text(tokens, options).Count() == tokens.Count);

        void Show(string piece)
        {
            if (piece.Length > 0)
            {
                onText(piece);
            }
        }
    }

    private async Task ProduceAsync(
        IReadOnlyList<int> promptIds, GenerationOptions options, string? adapter, ChannelWriter<string> pieces, Action<StreamEnd> onEnd, CancellationToken stop)
    {
        try
        {
            using ModelTurn turn = await _model.BeginTurnAsync(adapter, stop).ConfigureAwait(false);

            // Scopes and gradient modes belong to a thread. All tensors are created and freed on this thread, and none crosses an await.
            await Task.Factory.StartNew(() => onEnd(StreamToEnd(promptIds, piece => pieces.TryWrite(piece), options, stop)),
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            pieces.Complete();
        }
        catch (Exception error)
        {
            pieces.Complete(error);   // the reader throws it
        }
    }

    /// <summary>Gets a row's ids without the one that ended it, which is not text even if the tokenizer does not define it as special.</summary>
    private IEnumerable<int> Text(IReadOnlyList<int> ids, GenerationOptions? options)
    {
        IReadOnlyList<int> eos = (options ?? Defaults).EosTokenIds ?? Ends.StopIds;
        return ids.TakeWhile(id => !eos.Contains(id));
    }

    private (Tensor Ids, Tensor Mask) PadLeft(IReadOnlyList<IReadOnlyList<int>> rows)
    {
        int length = Math.Max(1, rows.Max(row => row.Count));
        long[,] ids = new long[rows.Count, length];
        long[,] mask = new long[rows.Count, length];
        for (int row = 0; row < rows.Count; row++)
        {
            if (rows[row].Count == 0)
            {
                throw new PeftException(RuleIds.PromptUnusable, $"Prompt {row} has no tokens. Start an empty prompt with the model's start token.");
            }

            int padding = length - rows[row].Count;
            for (int column = 0; column < length; column++)
            {
                ids[row, column] = column < padding ? Ends.PadId ?? 0 : rows[row][column - padding];
                mask[row, column] = column < padding ? 0 : 1;
            }
        }

        return (tensor(ids), tensor(mask));
    }
}

/// <summary>The end of a streamed text.</summary>
/// <param name="NewTokens">The number of generated tokens, including the one that ended the text.</param>
/// <param name="ReachedLimit">Whether the text ended because it reached the maximum length.</param>
internal readonly record struct StreamEnd(int NewTokens, bool ReachedLimit);
