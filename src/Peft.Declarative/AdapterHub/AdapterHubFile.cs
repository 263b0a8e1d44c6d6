using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;

namespace Peft.Declarative.AdapterHub;

/// <summary>The content of an AdapterHub directory, for the methods to read.</summary>
/// <param name="settings">The object under <c>config</c>, or one of those in a union.</param>
/// <param name="keys">The names of the tensors, which contain the name of the adapter.</param>
internal sealed class AdapterHubFile(ConfigJson settings, IReadOnlyCollection<string> keys)
{
    /// <summary>The settings of the method.</summary>
    internal ConfigJson Settings { get; } = settings;

    /// <summary>The name of the method in the settings. Bottlenecks, the oldest method, have no name.</summary>
    internal string Architecture { get; } = settings.Text("architecture") ?? "bottleneck";

    /// <summary>The names of the tensors, which contain the name of the adapter.</summary>
    internal IReadOnlyCollection<string> Keys { get; } = keys;

    /// <summary>
    /// Determines whether the settings describe low-rank updates with a composition: some methods add to the output of a layer, others scale it.
    /// </summary>
    internal bool IsUpdate(string composition) => Architecture == "lora" && (Settings.Text("composition_mode") ?? "add") == composition;

    /// <summary>The names, in the file, of the adapters that a fusion combines; <see langword="null"/> for other methods.</summary>
    internal IReadOnlyList<string>? Blended { get; private init; }

    internal static bool Has(ConfigJson file) => AdapterLayout.Of(file.Json) != AdapterLayout.Peft;

    /// <summary>Gets the settings in the file of an adapter or a fusion.</summary>
    internal static AdapterHubFile Of(ConfigJson file, IReadOnlyCollection<string> keys) =>
        new(new ConfigJson(file.Json["config"]!.AsObject(), file.Source), keys) { Blended = file.Texts("adapter_names") };

    /// <summary>Gets another settings object of the same directory.</summary>
    internal AdapterHubFile Part(JsonObject part) => new(new ConfigJson(part, Settings.Source), Keys);

    /// <summary>Gets the paths of the layers with tensors of a kind: the part of their names before <paramref name="infix"/>.</summary>
    /// <param name="infix">The part of the name that identifies the method, such as <c>.loras.</c>.</param>
    internal IReadOnlyList<string> PathsBefore(string infix) =>
    [
        .. Keys.Select(key => (Key: key, At: key.IndexOf(infix, StringComparison.Ordinal))).Where(found => found.At > 0)
            .Select(found => found.Key[..found.At]).Distinct(),
    ];
}

/// <summary>The parts of the tensor names in AdapterHub's files that precede the name of the adapter.</summary>
internal static class AdapterHubKeys
{
    /// <summary>Follows the checkpoint name of a layer with a low-rank update or scaling factors.</summary>
    internal const string Loras = ".loras.";
}
