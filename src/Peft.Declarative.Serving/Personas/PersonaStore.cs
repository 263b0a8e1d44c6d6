using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Peft.Declarative.Models;
using Peft.Declarative.Text.Errors;
using TorchSharp;

namespace Peft.Declarative.Serving.Personas;

/// <summary>The base model with its tokenizer, and the personas of a directory: adapters under the names of their subdirectories, and texts.</summary>
internal sealed partial class PersonaStore : IDisposable
{
    private readonly ConcurrentDictionary<string, bool> _unloaded = new(StringComparer.Ordinal);
    private readonly PersonaWarnings _warnings;
    private readonly AdapterPool? _pool;
    private readonly TextPersonas _texts;
    private readonly PeftServerOptions _options;
    private readonly ILogger<PersonaStore> _log;

    public PersonaStore(IOptions<PeftServerOptions> options, ILogger<PersonaStore> log)
    {
        (_options, _log, _warnings) = (options.Value, log, new PersonaWarnings([.. options.Value.PinnedAdapters], log));
        BaseName = _options.ModelName ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_options.Model)));
        Model = ModelCatalog.Load(_options.Model, DeviceOf(_options.Device)) as CausalLanguageModel
            ?? throw new PeftException(RuleIds.UnknownFamily, $"'{_options.Model}' is no causal language model, and only those continue a conversation. Name the directory of one.");
        Model.eval();
        Tokenizer = Tokenizer.Load(_options.Model);
        Generator = new TextGenerator(Model, Tokenizer);
        Chat = Tokenizer.ChatTemplates.Count > 0 ? ChatFormat.For(Tokenizer) : null;
        _texts = new TextPersonas(_options.Adapters, Tokenizer, Model.Config.MaxPositions);
        if (_options.Adapters is { } folder)
        {
            _pool = Directory.Exists(folder) ? new AdapterPool(Model.Adapters, folder) { Capacity = _options.AdapterMemory, Refuses = ContinuousBatch.Refusal }
                : throw new PeftException(RuleIds.ModelUnreadable, $"The directory of adapters '{folder}' does not exist. Create it, or leave Adapters out.");
            LoadFirst(_pool);
        }

        _warnings.TellPinned(Names);
    }

    /// <summary>The name of the base model without an adapter.</summary>
    internal string BaseName { get; }

    internal CausalLanguageModel Model { get; }

    internal Tokenizer Tokenizer { get; }

    internal TextGenerator Generator { get; }

    /// <summary>Writes conversations; <see langword="null"/> if the model has no chat template.</summary>
    internal ChatFormat? Chat { get; }

    /// <summary>The personas that are served, by name.</summary>
    internal IReadOnlyList<string> All =>
    [
        .. Names.Where(name => IsServed(name) && !_pool!.Problems.ContainsKey(name))
            .Concat(_texts.Names.Where(name => IsText(name) && _texts.IsSound(name)))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The adapters that are in memory.</summary>
    internal IReadOnlyList<string> Resident => _pool?.Resident ?? [];

    /// <summary>Why subdirectories and texts are not served, by their names.</summary>
    internal IReadOnlyDictionary<string, string> Problems => Names
        .Select(name => (name, problem: !PersonaName.IsValid(name) ? $"{PersonaName.Rule}. Rename the directory."
            : name == BaseName ? "The name is that of the base model."
            : _pool!.Problems.GetValueOrDefault(name)))
        .Where(entry => entry.problem is not null)
        .Concat(_texts.Problems(name => name == BaseName || _pool?.Contains(name) == true).Select(entry => (name: entry.File, problem: (string?)entry.Problem)))
        .ToDictionary(entry => entry.name, entry => entry.problem!);

    /// <summary>What there is to know of personas that are served all the same, by their names.</summary>
    internal IReadOnlyDictionary<string, string> Warnings => _warnings.Of(Names);

    private IReadOnlyList<string> Names => _pool?.Names ?? [];

    /// <summary>Whether a request may name this.</summary>
    /// <param name="name">A persona, or the base model.</param>
    internal bool Has(string name) => name == BaseName || (IsServed(name) && _pool!.Contains(name)) || IsText(name);

    /// <summary>What a persona is told before every conversation; <see langword="null"/> unless it is a text.</summary>
    /// <exception cref="PeftException">The text cannot be used.</exception>
    internal string? TextOf(string name) => IsText(name) ? _texts[name] : null;

    /// <summary>The same, and <see langword="null"/> for a text that cannot be used, too: where a request is answered, the persona may be another one, with sound files.</summary>
    internal string? SoundTextOf(string name)
    {
        try
        {
            return TextOf(name);
        }
        catch (PeftException)
        {
            return null;
        }
    }

    /// <summary>Gets what a request names, which is loaded unless it is in memory, and stays until the lease ends.</summary>
    /// <param name="name">A persona, or the base model.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The adapter, <see langword="null"/> for the base model and for texts; and the text, <see langword="null"/> for others.</returns>
    /// <exception cref="PeftException">It cannot be loaded.</exception>
    internal async Task<(AdapterLease? Adapter, string? Text)> RentAsync(string name, CancellationToken cancellation)
    {
        string? text = TextOf(name);
        if (name == BaseName || text is not null)
        {
            return (null, text);
        }

        try
        {
            AdapterLease lease = await _pool!.RentAsync(name, cancellation).ConfigureAwait(false);
            _warnings.Loaded(name, lease.Adapter.Warnings);
            return (lease, null);
        }
        catch (PeftException error)
        {
            LogBroken(name, error.Message);
            throw;
        }
    }

    /// <summary>Serves a persona from its subdirectory or its file, again if it was taken out of service.</summary>
    /// <exception cref="PeftException">There is none, or it is damaged or does not fit the model.</exception>
    internal async Task LoadAsync(string name, CancellationToken cancellation)
    {
        if (_pool is null || !CanBePersona(name))
        {
            throw new PeftException(RuleIds.NoSuchAdapter, $"'{UntrustedText.Shown(name)}' cannot be loaded: {PersonaName.Rule}, and is a subdirectory of the server's adapters.");
        }

        if (IsTextFile(name))
        {
            _ = _texts[name];   // throws if it cannot be used
        }
        else
        {
            (await RentAsync(name, cancellation).ConfigureAwait(false)).Adapter?.Dispose();
        }

        _unloaded.TryRemove(name, out _);
        LogLoaded(name);
    }

    /// <summary>Takes an adapter out of service until it is loaded again. Requests that it answers go on.</summary>
    internal async Task<bool> UnloadAsync(string name)
    {
        if (name == BaseName || !Has(name) || !_unloaded.TryAdd(name, true))
        {
            return false;
        }

        await _pool!.RemoveAsync(name).ConfigureAwait(false);
        LogUnloaded(name);
        return true;
    }

    public void Dispose() => Model.Dispose();

    private static torch.Device DeviceOf(string text) => text == "auto" ? torch.cuda.is_available() ? torch.CUDA : torch.CPU : torch.device(text);

    private bool CanBePersona(string name) => name != BaseName && PersonaName.IsValid(name);

    private bool IsServed(string name) => _pool is not null && CanBePersona(name) && !_unloaded.ContainsKey(name);

    private bool IsText(string name) => IsServed(name) && IsTextFile(name);

    // An adapter of the same name goes before it.
    private bool IsTextFile(string name) => _texts.Has(name) && !_pool!.Contains(name);

    // As many as fill the memory, so that a small folder is in it and known to be sound before the first request. The files of the others are only read.
    private void LoadFirst(AdapterPool pool)
    {
        pool.Pin(_options.PinnedAdapters);
        string[] names = [.. Names.Where(IsServed).OrderBy(name => !_options.PinnedAdapters.Contains(name))];
        List<AdapterLease> held = [];   // or each would leave for the next one, until all of the folder had been loaded
        int loaded = 0;
        for (; loaded < names.Length && pool.ResidentBytes < pool.Capacity; loaded++)
        {
            try
            {
                held.Add(RentAsync(names[loaded], CancellationToken.None).GetAwaiter().GetResult().Adapter!);
                LogLoaded(names[loaded]);
            }
            catch (PeftException)
            {
                // among the problems, and logged
            }
        }

        held.ForEach(lease => lease.Dispose());
        string[] others = names[loaded..];
        if (others.Length > 0)
        {
            _ = Task.Run(() => Array.ForEach(others, name => CheckOnly(pool, name)));
        }

        foreach ((string name, string problem) in Problems.Where(entry => !pool.Problems.ContainsKey(entry.Key)))
        {
            LogBroken(name, problem);
        }
    }

    private void CheckOnly(AdapterPool pool, string name)
    {
        _warnings.Read(name, pool.Check(name));
        if (pool.Problems.GetValueOrDefault(name) is { } problem)
        {
            LogBroken(name, problem);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Serves the persona '{Name}'.")]
    private partial void LogLoaded(string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "No longer serves the persona '{Name}'.")]
    private partial void LogUnloaded(string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The persona '{Name}' is not served: {Problem}")]
    private partial void LogBroken(string name, string problem);
}
