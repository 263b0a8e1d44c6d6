using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Peft.Declarative.Serving.Personas;

/// <summary>What there is to know of adapters that are served all the same, such as that they were trained on another base, and of names that are pinned in vain.</summary>
/// <param name="pinned">The names of the adapters that are to stay in memory.</param>
/// <param name="log">Gets each warning once.</param>
internal sealed partial class PersonaWarnings(IReadOnlyList<string> pinned, ILogger log)
{
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);   // as each adapter was loaded or read last

    /// <summary>The warnings, by the names of the personas.</summary>
    /// <param name="names">The adapters that there are.</param>
    internal IReadOnlyDictionary<string, string> Of(IReadOnlyList<string> names)
    {
        foreach (string gone in _known.Keys.Except(names))
        {
            _known.TryRemove(gone, out _);
        }

        return _known.Concat(Pinned(names)).ToDictionary(entry => entry.Key, entry => entry.Value);
    }

    /// <summary>Takes over the warnings of an adapter whose files were only read. Those from loading it, which know more, remain.</summary>
    internal void Read(string name, IReadOnlyList<string> warnings)
    {
        string text = string.Join(' ', warnings);
        if (text.Length > 0 && _known.TryAdd(name, text))
        {
            LogWarning(name, text);
        }
    }

    /// <summary>Takes over the warnings of an adapter as it was loaded last.</summary>
    internal void Loaded(string name, IReadOnlyList<string> warnings)
    {
        if (warnings.Count == 0)
        {
            _known.TryRemove(name, out _);
            return;
        }

        string text = string.Join(' ', warnings);
        if (_known.GetValueOrDefault(name) != text)
        {
            _known[name] = text;
            LogWarning(name, text);
        }
    }

    /// <summary>Logs the pinned names that no adapter has.</summary>
    /// <param name="names">The adapters that there are.</param>
    internal void TellPinned(IReadOnlyList<string> names)
    {
        foreach ((string name, string warning) in Pinned(names))
        {
            LogWarning(name, warning);
        }
    }

    private IEnumerable<KeyValuePair<string, string>> Pinned(IReadOnlyList<string> names) => pinned.Except(names)
        .Select(name => KeyValuePair.Create(name, $"PinnedAdapters names it, but there is no such adapter. {PersonaName.Meant(name, names)}".TrimEnd()));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The persona '{Name}': {Warning}")]
    private partial void LogWarning(string name, string warning);
}
