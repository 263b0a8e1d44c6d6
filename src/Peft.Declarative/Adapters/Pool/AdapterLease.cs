using Peft.Declarative.Adapters.Pool;

namespace Peft.Declarative;

/// <summary>An adapter of a pool that stays on the model until this is disposed. <see cref="AdapterPool.RentAsync"/> makes it.</summary>
public sealed class AdapterLease : IDisposable
{
    private readonly AdapterPool _pool;
    private readonly PooledAdapter _entry;
    private int _ended;

    internal AdapterLease(AdapterPool pool, PooledAdapter entry, Adapter adapter) => (_pool, _entry, Adapter) = (pool, entry, adapter);

    /// <summary>The adapter.</summary>
    public Adapter Adapter { get; }

    /// <summary>Its name on the model, to name it in batches. It differs from that in the folder while an adapter from earlier files is still in use.</summary>
    public string Name => Adapter.Name;

    /// <summary>Lets the adapter go. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            _pool.Release(_entry);
        }
    }
}
