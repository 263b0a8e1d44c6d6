namespace Peft.Declarative.Serving.Personas;

/// <summary>
/// Gives requests the places of the batch. Personas take turns, so that one with many requests does not keep the others waiting; the requests of one persona
/// are served in the order in which they came.
/// </summary>
/// <param name="places">The number of requests that are served at once.</param>
/// <param name="capacity">The number of requests that may wait.</param>
internal sealed class TurnQueue(int places, int capacity)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(string Persona, LinkedList<Waiter> Waiters)> _personas = [];
    private int _served;

    /// <summary>The number of requests that wait.</summary>
    internal int Waiting { get; private set; }

    /// <summary>The number of requests that have a place.</summary>
    internal int Served => Volatile.Read(ref _served);

    /// <summary>The number of entries in memory, which is that of the requests that wait.</summary>
    internal int Held => _personas.Sum(entry => entry.Waiters.Count);

    /// <summary>Waits for a place.</summary>
    /// <param name="persona">The persona that the request names.</param>
    /// <param name="cancellation">Leaves the queue.</param>
    /// <returns>The turn, which ends when it is disposed; <see langword="null"/> if the queue is full.</returns>
    internal async Task<IDisposable?> EnterAsync(string persona, CancellationToken cancellation)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_served < places)
            {
                _served++;
                return new Turn(this);
            }

            if (Waiting >= capacity)
            {
                return null;
            }

            waiter = new Waiter();
            waiter.Node = QueueOf(persona).AddLast(waiter);
            Waiting++;
        }

        using CancellationTokenRegistration left = cancellation.Register(() => Leave(waiter, cancellation));
        await waiter.Admitted.Task.ConfigureAwait(false);
        return new Turn(this);
    }

    private LinkedList<Waiter> QueueOf(string persona)
    {
        foreach ((string name, LinkedList<Waiter> waiters) in _personas)
        {
            if (name == persona)
            {
                return waiters;
            }
        }

        return _personas.AddLast((persona, new LinkedList<Waiter>())).Value.Waiters;
    }

    private void Leave(Waiter waiter, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (waiter.Admitted.TrySetCanceled(cancellation))
            {
                waiter.Node!.List?.Remove(waiter.Node);   // or clients that come and go would fill the memory
                Waiting--;
            }
        }
    }

    private void Next()
    {
        lock (_gate)
        {
            while (_personas.First is { } first)
            {
                _personas.RemoveFirst();
                if (first.Value.Waiters.First?.Value is { } waiter)
                {
                    first.Value.Waiters.RemoveFirst();
                    _personas.AddLast(first);   // its further requests wait until the others have had their turn
                    waiter.Admitted.SetResult();
                    Waiting--;
                    return;
                }
            }

            _served--;
        }
    }

    private sealed class Waiter
    {
        internal LinkedListNode<Waiter>? Node { get; set; }

        internal TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Turn(TurnQueue queue) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                queue.Next();
            }
        }
    }
}
