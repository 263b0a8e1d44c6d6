using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Adapters;

// Waiting for a model: threads that block, and flows that wait without one, in the order in which they came.
internal sealed partial class ModelUse
{
    private readonly List<Waiter> _waiters = [];

    /// <summary>Reserves the model for a turn of the calling flow, without blocking its thread.</summary>
    /// <remarks>The flow is marked when this method returns, so it must not be called from an async method that ends before the turn does.</remarks>
    /// <param name="cancellation">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    /// <returns>The reservation, and a task that ends when the flow has it. If the task fails, the reservation must be disposed all the same.</returns>
    internal (Reservation Reservation, Task Granted) Request(CancellationToken cancellation)
    {
        lock (_gate)
        {
            Reservation? outer = Reservation.Current(_reserved.Value);
            var reservation = new Reservation(this, outer, trains: false);
            if (_thread == Environment.CurrentManagedThreadId && _computations > 0)
            {
                return (reservation, Task.FromException(ComputingError("begin a turn")));
            }

            _reserved.Value = reservation;
            var waiter = new Waiter(outer, reservation);
            _waiters.Add(waiter);
            Grant();
            return (reservation, waiter.Granted(this, cancellation));
        }
    }

    private void Changed()
    {
        Monitor.PulseAll(_gate);
        Grant();
    }

    // A flow is served when nothing runs and its own innermost reservation has the model, unless a thread came before that is served by the same.
    private void Grant()
    {
        for (int i = 0; i < _waiters.Count; i++)
        {
            if (_waiters[i] is not { Reservation: { } reservation } waiter)
            {
                continue;
            }

            Reservation? outer = Reservation.Current(waiter.Outer);
            bool isNext = ReferenceEquals(Reservation.Current(_holder), outer);
            Exception? refusal = reservation.Ended ? new OperationCanceledException()
                : _disposed ? DisposedError()
                : !isNext && Reservation.Trained(_holder) ? TrainedError("begin a turn")
                : null;
            if (refusal is null && (!isNext || _thread != 0 || _waiters[..i].Exists(other => other.Reservation is null && ReferenceEquals(Reservation.Current(other.Outer), outer))))
            {
                continue;
            }

            _waiters.RemoveAt(i--);
            if (refusal is null)
            {
                _holder = reservation;
            }

            waiter.End(refusal);
        }
    }

    private void Abandon(Waiter waiter, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_waiters.Remove(waiter))
            {
                waiter.End(new OperationCanceledException(cancellation));
            }
        }
    }

    internal PeftException DisposedError() => new(RuleIds.ModelDisposed,
        $"'{_model}' was disposed, and its weights are freed. Keep the model until the last call has returned, or load it again.");

    private PeftException TrainedError(string what) => new(RuleIds.ModelInUse,
        $"'{_model}' is being trained and cannot {what} until the run has ended. Wait until Train has returned, or cancel it by its CancellationToken.");

    private PeftException ComputingError(string what) => new(RuleIds.ModelInUse,
        $"'{_model}' cannot {what} within a call that it is still answering, such as a callback of a generation. Do it after that call has returned.");

    /// <summary>The place of a thread in the order, kept until it is served or refused.</summary>
    private ref struct Place(ModelUse use)
    {
        private Waiter? _waiter;

        internal void Wait()
        {
            if (_waiter is null)
            {
                _waiter = new Waiter(Reservation.Current(use._reserved.Value), null);
                use._waiters.Add(_waiter);
            }

            Monitor.Wait(use._gate);
        }

        public readonly void Dispose()
        {
            if (_waiter is not null)
            {
                use._waiters.Remove(_waiter);
                use.Grant();
            }
        }
    }

    /// <summary>One that waits: a thread, or a flow with the reservation that it is to get.</summary>
    private sealed class Waiter(Reservation? outer, Reservation? reservation)
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Reservation? Outer => outer;

        internal Reservation? Reservation => reservation;

        internal void End(Exception? refusal)
        {
            if (refusal is null)
            {
                _end.SetResult();
            }
            else
            {
                _end.SetException(refusal);
            }
        }

        internal async Task Granted(ModelUse use, CancellationToken cancellation)
        {
            using CancellationTokenRegistration abandon = cancellation.Register(() => use.Abandon(this, cancellation));
            await _end.Task.ConfigureAwait(false);
        }
    }
}
