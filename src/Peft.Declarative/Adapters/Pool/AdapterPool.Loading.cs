using Peft.Declarative.Adapters;
using Peft.Declarative.Adapters.Pool;
using Peft.Declarative.Native;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative;

// Which adapters are on the model: what is loaded, replaced and taken off.
public sealed partial class AdapterPool
{
    private long _moved;   // the bytes of those that came or went since free memory was last returned

    /// <summary>
    /// The number of bytes of adapters that come and go until free memory is returned to the system, at least; an eighth of what is on the model, if that is more.
    /// Adapters leave gaps that later ones fill in part, and loading one takes its size a few times, so that a process would hold more than it uses, and ever more.
    /// </summary>
    internal long LeastMoved { get; init; } = 16L << 20;

    /// <summary>Returns free memory to the system.</summary>
    internal Action ReturnFreedMemory { get; init; } = HeapSettings.ReturnFreedMemory;

    private string DirectoryOf(string name) => Path.Combine(folder, AdapterFolder.NameOf(name));

    private PooledAdapter Take(string name)
    {
        if (!Contains(name))
        {
            IReadOnlyList<string> names = Names;
            throw new PeftException(RuleIds.NoSuchAdapter, RuleTexts.NoSuchAdapter(folder, [name], [.. names], [.. NearNames.Of(name, names)]));
        }

        string state = PooledAdapter.StateOf(DirectoryOf(name));
        lock (_gate)
        {
            if (!_current.TryGetValue(name, out PooledAdapter? entry) || (entry.State != state && entry.Refused != state) || entry.MayBeTriedAgain)
            {
                if (entry is { Loading.IsCompleted: false })
                {
                    _former.Add(entry);   // replaced again before it was loaded
                }

                _current[name] = entry = new PooledAdapter(name, state, entry is { IsLoaded: true } ? entry : null);
                entry.Loading = Task.Run(() => LoadAsync(entry));
            }

            entry.Leases++;
            entry.LastUse = ++_clock;
            return entry;
        }
    }

    private async Task<Adapter> LoadAsync(PooledAdapter entry)
    {
        try
        {
            long size = PooledAdapter.Warm(DirectoryOf(entry.Name));
            using ModelTurn turn = await adapters.BeginTurnAsync().ConfigureAwait(false);
            MakeRoom(size);
            Adapter loaded = await LoadingThread.RunAsync(() => adapters.LoadBeside(DirectoryOf(entry.Name), NameOnModel(entry.Name))).ConfigureAwait(false);
            if (Refuses?.Invoke(entry.Name, loaded.Config) is { } refusal)
            {
                adapters.Remove(loaded.Name);
                throw refusal;
            }

            lock (_gate)
            {
                entry.Bytes = loaded.Tensors.Sum(tensor => tensor.Value.numel() * tensor.Value.element_size());
                if (entry.Former is { } former)
                {
                    _former.Add(former);
                    entry.Former = null;
                }
            }

            _moved += entry.Bytes;
            MakeRoom(0);
            _problems.TryRemove(entry.Name, out _);
            return loaded;
        }
        catch (Exception error)
        {
            _problems[entry.Name] = error.Message;
            lock (_gate)
            {
                if (entry.Former is { } former && _current.GetValueOrDefault(entry.Name) == entry)
                {
                    former.Refused = entry.State;
                    _current[entry.Name] = former;
                }
                else if (entry.Former is { } unwanted)
                {
                    _former.Add(unwanted);
                }
            }

            throw;
        }
    }

    private bool HasFormer(PooledAdapter entry)
    {
        lock (_gate)
        {
            return entry.Former is not null && _current.GetValueOrDefault(entry.Name) == entry.Former;
        }
    }

    // The former of this name may still be rented.
    private string NameOnModel(string name)
    {
        string free = name;
        for (int i = 2; adapters.Has(free); i++)
        {
            free = FormattableString.Invariant($"{name}#{i}");
        }

        return free;
    }

    private async Task TrimAsync()
    {
        try
        {
            using ModelTurn turn = await adapters.BeginTurnAsync().ConfigureAwait(false);
            MakeRoom(0);
        }
        catch (PeftException)
        {
            // The model is trained or disposed. The next adapter that is loaded makes the room.
        }
    }

    // Within a turn on the model.
    private void MakeRoom(long size)
    {
        while (Next(size) is { } victim)
        {
            adapters.Remove(victim.Loading.Result.Name);
            _moved += victim.Bytes;
        }

        if (_moved > Math.Max(LeastMoved, ResidentBytes / 8))
        {
            _moved = 0;
            ReturnFreedMemory();
        }
    }

    private PooledAdapter? Next(long size)
    {
        lock (_gate)
        {
            bool full = Bytes + size > Capacity;
            PooledAdapter? victim = _former.Find(entry => entry is { Leases: 0, IsLoaded: true })
                ?? (full ? _current.Values.Where(entry => entry is { Leases: 0, IsLoaded: true } && !_pinned.Contains(entry.Name)).MinBy(entry => entry.LastUse) : null);
            if (victim is not null && !_former.Remove(victim))
            {
                _current.Remove(victim.Name);
            }

            _former.RemoveAll(entry => entry is { Leases: 0, Loading.IsFaulted: true });
            return victim;
        }
    }
}
