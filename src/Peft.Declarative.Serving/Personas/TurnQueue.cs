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
    private readonly int _places = places;
    private int _free = places;

    /// <summary>The number of requests that wait.</summary>
    internal int Waiting { get; private set; }

    /// <summary>The number of places that are taken.</summary>
    internal int Served => _places - Volatile.Read(ref _free);

    /// <summary>The number of entries in memory, which is that of the requests that wait.</summary>
    internal int Held => _personas.Sum(entry => entry.Waiters.Count);

    /// <summary>Waits for a place.</summary>
    /// <param name="persona">The persona that the request names.</param>
    /// <param name="cancellation">Leaves the queue.</param>
    /// <param name="texts">The number of texts that the request asks for, each of which needs a place. All places suffice for more.</param>
    /// <returns>The turn, which ends when it is disposed; <see langword="null"/> if the queue is full.</returns>
    internal async Task<IDisposable?> EnterAsync(string persona, CancellationToken cancellation, int texts = 1)
    {
        int wanted = Math.Min(texts, _places);
        Waiter waiter;
        lock (_gate)
        {
            if (Waiting == 0 && _free >= wanted)
            {
                _free -= wanted;
                return new Turn(this, wanted);
            }

            if (Waiting >= capacity)
            {
                return null;
            }

            waiter = new Waiter(wanted);
            waiter.Node = QueueOf(persona).AddLast(waiter);
            Waiting++;
        }

        using CancellationTokenRegistration left = cancellation.Register(() => Leave(waiter, cancellation));
        await waiter.Admitted.Task.ConfigureAwait(false);
        return new Turn(this, wanted);
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
                Admit();   // the next one may need fewer places
            }
        }
    }

    private void Free(int free)
    {
        lock (_gate)
        {
            _free += free;
            Admit();
        }
    }

    // One that needs several places keeps those behind it waiting, or it would never have them.
    private void Admit()
    {
        while (_personas.First is { } first)
        {
            Waiter? waiter = first.Value.Waiters.First?.Value;
            if (waiter?.Places > _free)
            {
                return;
            }

            _personas.RemoveFirst();
            if (waiter is not null)
            {
                first.Value.Waiters.RemoveFirst();
                _personas.AddLast(first);   // its further requests wait until the others have had their turn
                _free -= waiter.Places;
                Waiting--;
                waiter.Admitted.SetResult();
            }
        }
    }

    private sealed class Waiter(int places)
    {
        internal int Places => places;

        internal LinkedListNode<Waiter>? Node { get; set; }

        internal TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Turn(TurnQueue queue, int places) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                queue.Free(places);
            }
        }
    }
}
