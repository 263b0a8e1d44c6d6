using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Peft.Declarative.Data;

namespace Peft.Declarative.Training;

/// <summary>Prepares batches ahead on a thread of its own, so that padding and copying overlap with the step before.</summary>
/// <remarks>A thread and not a task: dispose scopes and grad mode are per thread, and a pool thread would hand them on.</remarks>
internal sealed class BatchFeed : IDisposable
{
    private const int Ahead = 2;

    private readonly BlockingCollection<Batch> _ready = new(Ahead);
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _failure;

    /// <param name="batches">Makes batches when asked for the next; runs on the feed's thread.</param>
    internal BatchFeed(IEnumerable<Batch> batches)
    {
        _thread = new Thread(() => Fill(batches)) { IsBackground = true, Name = "Peft.Declarative batches" };
        _thread.Start();
    }

    /// <summary>The next batch, which then belongs to the caller; false at the end and after cancellation.</summary>
    internal bool TryNext(CancellationToken cancellation, [NotNullWhen(true)] out Batch? batch)
    {
        batch = null;
        try
        {
            if (!cancellation.IsCancellationRequested && _ready.TryTake(out batch, Timeout.Infinite, cancellation))
            {
                return true;
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        _failure?.Throw();
        return false;
    }

    /// <summary>Stops the thread and frees batches that nobody took.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        while (_ready.TryTake(out Batch? left))
        {
            left.Dispose();
        }

        _ready.Dispose();
        _stop.Dispose();
    }

    private void Fill(IEnumerable<Batch> batches)
    {
        try
        {
            foreach (Batch batch in batches)
            {
                Hand(batch);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The consumer left early; Dispose frees what is ready.
        }
        catch (Exception failure)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);   // thrown where batches are taken, on the training thread
        }
        finally
        {
            _ready.CompleteAdding();
        }
    }

    private void Hand(Batch batch)
    {
        try
        {
            _ready.Add(batch, _stop.Token);
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }
}
