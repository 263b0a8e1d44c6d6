using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Peft.Declarative.Models;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Serving.Personas;

/// <summary>The base model with its tokenizer, and the adapters of a directory under the names of their subdirectories.</summary>
internal sealed partial class PersonaStore : IDisposable
{
    private readonly ConcurrentDictionary<string, Persona> _personas = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);
    private readonly PeftServerOptions _options;
    private readonly ILogger<PersonaStore> _log;

    public PersonaStore(IOptions<PeftServerOptions> options, ILogger<PersonaStore> log)
    {
        (_options, _log) = (options.Value, log);
        BaseName = _options.ModelName ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_options.Model)));
        Model = ModelCatalog.Load(_options.Model) as CausalLanguageModel
            ?? throw new PeftException(RuleIds.UnknownFamily, $"'{_options.Model}' is no causal language model, and only those continue a conversation. Name the directory of one.");
        Model.eval();
        Tokenizer = Tokenizer.Load(_options.Model);
        Generator = new TextGenerator(Model, Tokenizer);
        Chat = Tokenizer.ChatTemplates.Count > 0 ? ChatFormat.For(Tokenizer) : null;
        LoadAll();
    }

    /// <summary>The name of the base model without an adapter.</summary>
    internal string BaseName { get; }

    internal CausalLanguageModel Model { get; }

    internal Tokenizer Tokenizer { get; }

    internal TextGenerator Generator { get; }

    /// <summary>Writes conversations; <see langword="null"/> if the model has no chat template.</summary>
    internal ChatFormat? Chat { get; }

    /// <summary>The adapters that are served, by name.</summary>
    internal IEnumerable<Persona> All => _personas.Values.OrderBy(persona => persona.Name, StringComparer.Ordinal);

    /// <summary>Why subdirectories are not served, by their names.</summary>
    internal IReadOnlyDictionary<string, string> Problems => _problems;

    /// <summary>Finds what a request names.</summary>
    /// <param name="name">A persona, or the base model.</param>
    /// <param name="persona">The persona; <see langword="null"/> for the base model.</param>
    internal bool TryFind(string name, out Persona? persona)
    {
        persona = null;
        return name == BaseName || _personas.TryGetValue(name, out persona);
    }

    /// <summary>What a misspelt name may have meant, as a sentence; empty if nothing is near.</summary>
    internal string Meant(string name)
    {
        IReadOnlyList<string> near = NearNames.Of(name, _personas.Keys.Append(BaseName));
        return near.Count > 0 ? $"Did you mean {string.Join(" or ", near.Select(other => $"'{other}'"))}? " : "";
    }

    /// <summary>Loads an adapter from its subdirectory, or takes over what has changed in it. Must be called in a turn on the model.</summary>
    /// <exception cref="PeftException">The directory does not exist, is damaged or does not fit the model.</exception>
    internal void Load(string name)
    {
        if (_options.Adapters is not { } root || !PersonaName.IsValid(name) || name == BaseName)
        {
            throw new PeftException(RuleIds.NoSuchAdapter, $"'{UntrustedText.Shown(name)}' cannot be loaded: {PersonaName.Rule}, and is a subdirectory of the server's adapters.");
        }

        try
        {
            // Loading activates; a chat client of the program must not come between, or its base would answer as this persona.
            using ModelTurn turn = Model.BeginTurn();
            Model.LoadAdapter(Path.Combine(root, name), name);
            Model.Adapters.Activate();
            _personas[name] = new Persona(name, DateTimeOffset.UtcNow);
            _problems.TryRemove(name, out _);
            LogLoaded(name);
        }
        catch (PeftException error)
        {
            _problems[name] = error.Message;
            LogBroken(name, error.Message);
            throw;
        }
    }

    /// <summary>Removes an adapter. Must be called in a turn on the model.</summary>
    internal bool Unload(string name)
    {
        if (!_personas.TryRemove(name, out _))
        {
            return false;
        }

        Model.Adapters.Remove(name);
        LogUnloaded(name);
        return true;
    }

    public void Dispose() => Model.Dispose();

    // One broken adapter does not keep the others from being served.
    private void LoadAll()
    {
        if (_options.Adapters is not { } root)
        {
            return;
        }

        if (!Directory.Exists(root))
        {
            throw new PeftException(RuleIds.ModelUnreadable, $"The directory of adapters '{root}' does not exist. Create it, or leave Adapters out.");
        }

        foreach (string name in Directory.EnumerateDirectories(root).Select(folder => Path.GetFileName(folder)!).Where(name => name[0] != '.').Order(StringComparer.Ordinal))
        {
            if (!PersonaName.IsValid(name) || name == BaseName)
            {
                _problems[name] = name == BaseName ? "The name is that of the base model." : $"{PersonaName.Rule}. Rename the directory.";
                LogBroken(name, _problems[name]);
                continue;
            }

            try
            {
                Load(name);
            }
            catch (PeftException)
            {
                // in Problems, and logged
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Serves the adapter '{Name}'.")]
    private partial void LogLoaded(string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "No longer serves the adapter '{Name}'.")]
    private partial void LogUnloaded(string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The adapter '{Name}' is not served: {Problem}")]
    private partial void LogBroken(string name, string problem);
}
