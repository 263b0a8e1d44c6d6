using System.Collections.Concurrent;
using Peft.Declarative.Adapters;
using Peft.Declarative.Adapters.Pool;
using Peft.Declarative.Checkpoints;

namespace Peft.Declarative;

/// <summary>
/// The adapters of a folder of any size, of which the ones used last are on the model. Others are loaded when they are asked for, while the model goes on with
/// other work. An adapter that is replaced on disk is taken over by the next one who asks for it; whoever has the former keeps it to the end.
/// </summary>
/// <remarks>
/// The folder has a directory for each adapter, whose name is the adapter's. A pool may be used by several threads. Do not ask it for an adapter within a
/// <see cref="ModelTurn"/>: loading waits for the model.
/// </remarks>
/// <example>
/// <code>
/// var pool = new AdapterPool(model.Adapters, "personas") { Capacity = 256 &lt;&lt; 20 };
/// using AdapterLease captain = await pool.RentAsync("captain");
/// string answer = generator.Complete(["Who goes there?"], [captain.Name])[0];
/// </code>
/// </example>
/// <param name="adapters">The adapters of the model, <c>model.Adapters</c>. The pool adds to them and removes what it has added.</param>
/// <param name="folder">The folder.</param>
public sealed partial class AdapterPool(AdapterSet adapters, string folder)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, PooledAdapter> _current = new(StringComparer.Ordinal);
    private readonly List<PooledAdapter> _former = [];    // replaced on disk, and still rented
    private readonly HashSet<string> _pinned = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);
    private long _clock;

    /// <summary>
    /// The number of bytes of tensors up to which adapters stay on the model. Adapters that are rented or pinned stay even above it. The default is 1 GiB.
    /// </summary>
    public long Capacity { get; init; } = 1L << 30;

    /// <summary>Why an adapter of a name and config cannot be used, although the model could have it; <see langword="null"/> for none that is refused.</summary>
    internal Func<string, AdapterConfig, PeftException?>? Refuses { get; init; }

    /// <summary>The names of all adapters in the folder, in their order. The folder is read anew by each call.</summary>
    public IReadOnlyList<string> Names => Directory.Exists(folder) ? [.. AdapterFolder.In(folder).Select(AdapterFolder.AdapterOf)] : [];

    /// <summary>What is wrong with adapters that could not be loaded when they were last asked for, by name.</summary>
    public IReadOnlyDictionary<string, string> Problems => _problems;

    /// <summary>The names of the adapters that are on the model.</summary>
    public IReadOnlyList<string> Resident
    {
        get
        {
            lock (_gate)
            {
                return [.. _current.Values.Where(entry => entry.IsLoaded).Select(entry => entry.Name).Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The bytes of the tensors of all adapters that the pool has on the model.</summary>
    public long ResidentBytes
    {
        get
        {
            lock (_gate)
            {
                return Bytes;
            }
        }
    }

    private long Bytes => _current.Values.Concat(_former).Sum(entry => entry.Bytes);

    /// <summary>Whether the folder has an adapter of a name.</summary>
    /// <param name="name">The name.</param>
    public bool Contains(string name) => !string.IsNullOrEmpty(name) && Directory.Exists(DirectoryOf(name));

    /// <summary>Keeps adapters on the model once they are loaded.</summary>
    /// <param name="names">Their names.</param>
    public void Pin(params IEnumerable<string> names)
    {
        lock (_gate)
        {
            _pinned.UnionWith(names);
        }
    }

    /// <summary>Lets adapters go again when others need their room.</summary>
    /// <param name="names">Their names.</param>
    public void Unpin(params IEnumerable<string> names)
    {
        lock (_gate)
        {
            _pinned.ExceptWith(names);
        }
    }

    /// <summary>
    /// Gets an adapter, which is loaded unless the model has it as it is on disk. It stays on the model until the result is disposed. If its files have been
    /// replaced by ones that cannot be loaded, it is the adapter as it was before.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellation">Ends the wait with <see cref="OperationCanceledException"/>. The adapter is loaded all the same.</param>
    /// <exception cref="PeftException">PEFT703: the folder has no such adapter. Its files are damaged or do not fit the model. PEFT707: the model is trained.</exception>
    public async Task<AdapterLease> RentAsync(string name, CancellationToken cancellation = default)
    {
        while (true)
        {
            PooledAdapter entry = Take(name);
            try
            {
                return new AdapterLease(this, entry, await entry.Loading.WaitAsync(cancellation).ConfigureAwait(false));
            }
            catch (PeftException) when (HasFormer(entry))
            {
                Release(entry);   // and goes on with the one before
            }
            catch
            {
                Release(entry);
                throw;
            }
        }
    }

    /// <summary>Reads the files of an adapter without loading it. What is wrong with them is then among <see cref="Problems"/>.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The warnings that <see cref="Adapter.Warnings"/> would have of its origin, such as that it was saved with another base.</returns>
    public IReadOnlyList<string> Check(string name)
    {
        string directory = DirectoryOf(name);
        try
        {
            using AdapterFiles files = AdapterDirectory.Read(directory);
            AdapterConfig config = AdapterFile.ConfigOf(adapters, files, directory);
            if (Refuses?.Invoke(name, config) is { } refusal)
            {
                throw refusal;
            }

            _problems.TryRemove(name, out _);
            return ProvenanceWarnings.Of(Provenance.Read(files.Metadata), adapters.Model, directory);
        }
        catch (PeftException error)
        {
            _problems[name] = error.Message;
            return [];
        }
    }

    /// <summary>Takes an adapter off the model as soon as nobody has it, even if it is pinned.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="PeftException">PEFT707: the model is trained.</exception>
    public async Task RemoveAsync(string name)
    {
        lock (_gate)
        {
            if (_current.Remove(name, out PooledAdapter? entry))
            {
                _former.Add(entry);
            }
        }

        await TrimAsync().ConfigureAwait(false);
    }

    internal void Release(PooledAdapter entry)
    {
        bool trims;
        lock (_gate)
        {
            entry.Leases--;
            trims = entry.Leases == 0 && (_former.Contains(entry) || Bytes > Capacity);
        }

        if (trims)
        {
            _ = Task.Run(TrimAsync);
        }
    }
}
