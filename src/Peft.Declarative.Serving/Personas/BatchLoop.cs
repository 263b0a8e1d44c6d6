using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Peft.Declarative.Serving.Personas;

/// <summary>
/// The thread that computes the batch. Requests hand their rows in and read their tokens; a row whose reader has gone ends before the next step. What a reader
/// has not read yet waits in memory, so that a slow client does not hold the batch.
/// </summary>
internal sealed class BatchLoop : IDisposable
{
    private readonly ContinuousBatch _batch;
    private readonly ConcurrentQueue<RowRequest> _arrivals = new();
    private readonly Dictionary<BatchRow, RowRequest> _running = [];
    private readonly AutoResetEvent _work = new(false);
    private readonly Thread _thread;
    private volatile bool _stopping;
    private volatile bool _stopped;

    internal BatchLoop(ContinuousBatch batch)
    {
        _batch = batch;
        _thread = new Thread(Run) { IsBackground = true, Name = "peft batch" };
        _thread.Start();
    }

    /// <summary>The number of rows in the batch.</summary>
    internal int Rows { get; private set; }

    /// <summary>Adds a row and reads its tokens. The end of the enumeration, for whatever reason, ends the row and waits until it has left the batch.</summary>
    internal async IAsyncEnumerable<RowToken> RunAsync(RowRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        _arrivals.Enqueue(request);
        Leave(false);
        using CancellationTokenRegistration leave = cancellation.Register(() => Leave(true));
        try
        {
            await foreach (RowToken token in request.Tokens.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                yield return token;
            }
        }
        finally
        {
            Leave(true);
            await request.Ended.ConfigureAwait(false);
        }

        void Leave(bool left)
        {
            request.Left = left;
            if (_stopped)
            {
                request.End(new OperationCanceledException());
            }
            else
            {
                _work.Set();
            }
        }
    }

    /// <summary>Ends all rows and the thread.</summary>
    public void Dispose()
    {
        _stopping = true;
        _work.Set();
        _thread.Join();
    }

    private void Run()
    {
        while (true)
        {
            Admit();
            foreach ((BatchRow row, RowRequest request) in _running.Where(entry => entry.Value.Left || _stopping).ToList())
            {
                _batch.Remove(row);
                Complete(row, request);
            }

            Rows = _batch.Count;
            if (_stopping)
            {
                _stopped = true;   // from here on, requests end themselves
                while (_arrivals.TryDequeue(out RowRequest? late))
                {
                    late.End(new OperationCanceledException());
                }

                _batch.Dispose();
                return;
            }

            if (Rows == 0)
            {
                _work.WaitOne();
                continue;
            }

            Step();
        }
    }

    private void Admit()
    {
        while (_arrivals.TryDequeue(out RowRequest? request))
        {
            try
            {
                _running[_batch.Add(request.PromptIds, request.Adapter, request.Options, request.TopLogProbabilities)] = request;
            }
            catch (Exception error)
            {
                request.End(error);
            }
        }
    }

    private void Step()
    {
        try
        {
            foreach (BatchRow row in _batch.Step())
            {
                RowRequest request = _running[row];
                if (row.Error is null)
                {
                    request.Tokens.Writer.TryWrite(new RowToken(row.LastToken, row.LogProbabilities.Count > 0 ? row.LogProbabilities[^1] : null, row.FinishReason, row.CachedTokens));
                }

                if (row.HasEnded)
                {
                    Complete(row, request);
                }
            }
        }
        catch (Exception error)   // the model is trained or disposed, and no row can go on
        {
            foreach ((BatchRow row, RowRequest request) in _running.ToList())
            {
                _batch.Remove(row);
                _running.Remove(row);
                request.End(error);
            }
        }
    }

    private void Complete(BatchRow row, RowRequest request)
    {
        _running.Remove(row);
        request.End(row.FinishReason == FinishReason.Removed ? new OperationCanceledException() : row.Error);
    }
}

/// <summary>What a row is made of, and where its tokens go.</summary>
/// <param name="PromptIds">The prompt.</param>
/// <param name="Adapter">The adapter; <see langword="null"/> for the base model.</param>
/// <param name="Options">How to generate.</param>
/// <param name="TopLogProbabilities">The number of alternatives that are told of each token; <see langword="null"/> for no log-probabilities.</param>
internal sealed record RowRequest(IReadOnlyList<int> PromptIds, string? Adapter, GenerationOptions Options, int? TopLogProbabilities)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _left;

    /// <summary>The tokens.</summary>
    internal Channel<RowToken> Tokens { get; } = Channel.CreateUnbounded<RowToken>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    /// <summary>Whether nobody reads the tokens any more.</summary>
    internal bool Left
    {
        get => _left;
        set => _left = value;
    }

    /// <summary>Completes when the row has left the batch.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Ends the tokens.</summary>
    internal void End(Exception? error)
    {
        Tokens.Writer.TryComplete(error);
        _ended.TrySetResult();
    }
}

/// <summary>A token of a row.</summary>
/// <param name="Id">The token.</param>
/// <param name="Likely">How likely it was; <see langword="null"/> if that was not asked for.</param>
/// <param name="End">Why it is the last one; <see langword="null"/> if it is not.</param>
/// <param name="CachedTokens">The number of tokens of the prompt that had been read for an earlier row.</param>
internal readonly record struct RowToken(int Id, TokenLogProbability? Likely, FinishReason? End, int CachedTokens);
