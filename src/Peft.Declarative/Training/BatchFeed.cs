using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Peft.Declarative.Data;

namespace Peft.Declarative.Training;

/// <summary>Prepares batches on another thread, so that padding and copying overlap with the step before.</summary>
/// <remarks>
/// It uses a thread and not a task, because dispose scopes and the gradient mode belong to a thread, and a pool thread would keep them.
/// </remarks>
internal sealed class BatchFeed : IDisposable
{
    private const int Ahead = 2;

    private readonly BlockingCollection<Batch> _ready = new(Ahead);
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _failure;

    /// <param name="batches">Creates the batches, on the thread of the feed.</param>
    internal BatchFeed(IEnumerable<Batch> batches)
    {
        _thread = new Thread(() => Fill(batches)) { IsBackground = true, Name = "Peft.Declarative batches" };
        _thread.Start();
    }

    /// <summary>Gets the next batch, which then belongs to the caller; <see langword="false"/> at the end and after cancellation.</summary>
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

    /// <summary>Stops the thread and frees the batches that are left.</summary>
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
            // The consumer stopped early. Dispose frees the prepared batches.
        }
        catch (Exception failure)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);   // thrown to the training thread when it takes a batch
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
