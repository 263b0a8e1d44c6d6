using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Peft.Declarative.Generation;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Tokenizers;
using static TorchSharp.torch;

namespace Peft.Declarative;

// Texts in, texts out.
public sealed partial class TextGenerator
{
    private TokenFrame? _frame;

    private ITokenizer Tokenizer => _tokenizer
        ?? throw new PeftException(RuleIds.PromptUnusable, "This generator has no tokenizer, so it continues ids only. Give it one.");

    // A decoder goes on where the prompt ends, so nothing that ends a text may be there; an encoder reads a whole text.
    private IReadOnlyList<int> Encode(string prompt)
    {
        _frame ??= new TokenFrame(Tokenizer);
        return _model is EncoderDecoderModel ? _frame.Whole(prompt) : _frame.Opened(prompt);
    }

    /// <summary>Continues a text.</summary>
    /// <param name="prompt">The text.</param>
    /// <param name="options">How; <see cref="Defaults"/> unless given.</param>
    /// <param name="cancellation">Ends the call with <see cref="OperationCanceledException"/>.</param>
    /// <returns>What comes after the prompt.</returns>
    /// <exception cref="PeftException">PEFT801: options out of range. PEFT803: a prompt that cannot be continued.</exception>
    public string Complete(string prompt, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        Complete([prompt], options, cancellation)[0];

    /// <summary>Continues several texts at once.</summary>
    /// <param name="prompts">The texts.</param>
    /// <param name="options">How; <see cref="Defaults"/> unless given.</param>
    /// <param name="cancellation">Ends the call with <see cref="OperationCanceledException"/>.</param>
    /// <returns>What comes after the prompts: for each of them as many texts as <see cref="GenerationOptions.NumReturnSequences"/> says.</returns>
    /// <exception cref="PeftException">PEFT801: options out of range. PEFT803: a prompt that cannot be continued.</exception>
    public IReadOnlyList<string> Complete(IReadOnlyList<string> prompts, GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        if (prompts.Count == 0)
        {
            throw new PeftException(RuleIds.PromptUnusable, "There are no prompts. Give at least one.");
        }

        using DisposeScope scope = NewDisposeScope();
        IReadOnlyList<int>[] rows = [.. prompts.Select(Encode)];
        (Tensor ids, Tensor mask) = PadLeft(rows);
        GenerationResult result = Run(ids, mask, options, cancellation: cancellation);
        return [.. Enumerable.Range(0, (int)result.Sequences.size(0)).Select(row => StreamingDecoder.DecodeCut(Tokenizer, Text(result.NewTokens(row), options)))];
    }

    /// <summary>Continues a text and hands every piece out as soon as its characters are whole.</summary>
    /// <param name="prompt">The text.</param>
    /// <param name="onText">Gets the pieces, on the calling thread.</param>
    /// <param name="options">How, one beam and one sequence; <see cref="Defaults"/> unless given.</param>
    /// <param name="cancellation">Ends the call with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="PeftException">PEFT801: options out of range. PEFT803: a prompt that cannot be continued.</exception>
    public void Stream(string prompt, Action<string> onText, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        Stream(Encode(prompt), onText, options, cancellation);

    /// <summary>Continues ids, such as a rendered chat, and hands the text out piece by piece.</summary>
    /// <param name="promptIds">The ids.</param>
    /// <param name="onText">Gets the pieces, on the calling thread.</param>
    /// <param name="options">How, one beam and one sequence; <see cref="Defaults"/> unless given.</param>
    /// <param name="cancellation">Ends the call with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="PeftException">PEFT801: options out of range. PEFT803: a prompt that cannot be continued.</exception>
    public void Stream(
        IReadOnlyList<int> promptIds, Action<string> onText, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        StreamToEnd(promptIds, onText, options ?? Defaults, cancellation);

    /// <summary>Continues a text on a thread of its own and gives the pieces as they come.</summary>
    /// <param name="prompt">The text.</param>
    /// <param name="options">How, one beam and one sequence; <see cref="Defaults"/> unless given.</param>
    /// <param name="cancellation">Ends the stream with <see cref="OperationCanceledException"/>. Leaving the loop early ends it too.</param>
    /// <exception cref="PeftException">PEFT801: options out of range. PEFT803: a prompt that cannot be continued.</exception>
    public IAsyncEnumerable<string> StreamAsync(string prompt, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        StreamAsync(Encode(prompt), options, cancellation);

    /// <summary>Continues ids, such as a rendered chat, on a thread of its own and gives the pieces of text as they come.</summary>
    /// <param name="promptIds">The ids.</param>
    /// <param name="options">How, one beam and one sequence; <see cref="Defaults"/> unless given.</param>
    /// <param name="cancellation">Ends the stream with <see cref="OperationCanceledException"/>. Leaving the loop early ends it too.</param>
    /// <exception cref="PeftException">PEFT801: options out of range. PEFT803: a prompt that cannot be continued.</exception>
    public IAsyncEnumerable<string> StreamAsync(
        IReadOnlyList<int> promptIds, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        StreamAsync(promptIds, options ?? Defaults, adapter: null, _ => { }, cancellation);

    /// <summary>The same in a turn of one adapter, unless it is null, and tells how the text ended before the last piece is out.</summary>
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
            await run.ConfigureAwait(false);   // the model is free again when the loop is left
        }
    }

    private StreamEnd StreamToEnd(IReadOnlyList<int> promptIds, Action<string> onText, GenerationOptions options, CancellationToken cancellation)
    {
        if (options.NumBeams > 1 || options.NumReturnSequences > 1)
        {
            throw new PeftException(RuleIds.PromptUnusable, "A stream is one text that grows, but NumBeams or NumReturnSequences ask for several. Set both to 1.");
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

            // Scopes and gradient modes belong to a thread, so all tensors live and die on this one and none crosses an await.
            await Task.Factory.StartNew(() => onEnd(StreamToEnd(promptIds, piece => pieces.TryWrite(piece), options, stop)),
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            pieces.Complete();
        }
        catch (Exception error)
        {
            pieces.Complete(error);   // the reader throws it
        }
    }

    /// <summary>A row's ids without the one that ended it, which is no text even where the tokenizer does not call it special.</summary>
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

/// <summary>How a streamed text ended.</summary>
/// <param name="NewTokens">Tokens that were generated, the one that ended the text included.</param>
/// <param name="ReachedLimit">Whether there was no room for more, rather than nothing more to say.</param>
internal readonly record struct StreamEnd(int NewTokens, bool ReachedLimit);
