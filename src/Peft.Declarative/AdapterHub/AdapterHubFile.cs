using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;

namespace Peft.Declarative.AdapterHub;

/// <summary>An AdapterHub directory as a method reads it.</summary>
/// <param name="settings">The object under <c>config</c>, or one of those in a union.</param>
/// <param name="keys">Names of the tensors, with the adapter's name in them.</param>
internal sealed class AdapterHubFile(ConfigJson settings, IReadOnlyCollection<string> keys)
{
    /// <summary>The method's settings.</summary>
    internal ConfigJson Settings { get; } = settings;

    /// <summary>What the settings call their method; bottlenecks, the first there were, have no name.</summary>
    internal string Architecture { get; } = settings.Text("architecture") ?? "bottleneck";

    /// <summary>Names of the tensors, with the adapter's name in them.</summary>
    internal IReadOnlyCollection<string> Keys { get; } = keys;

    /// <summary>Whether the settings are of updates of layers' results, and what those do with them: one architecture has methods that add and such that scale.</summary>
    internal bool IsUpdate(string composition) => Architecture == "lora" && (Settings.Text("composition_mode") ?? "add") == composition;

    /// <summary>The adapters that a fusion blends, by their names in the file; null for anything else.</summary>
    internal IReadOnlyList<string>? Blended { get; private init; }

    internal static bool Has(ConfigJson file) => AdapterLayout.Of(file.Json) != AdapterLayout.Peft;

    /// <summary>The settings in a file of either adapters or fusions.</summary>
    internal static AdapterHubFile Of(ConfigJson file, IReadOnlyCollection<string> keys) =>
        new(new ConfigJson(file.Json["config"]!.AsObject(), file.Source), keys) { Blended = file.Texts("adapter_names") };

    /// <summary>Another object with settings, of the same directory.</summary>
    internal AdapterHubFile Part(JsonObject part) => new(new ConfigJson(part, Settings.Source), Keys);

    /// <summary>Paths of the layers that the tensors of a kind belong to: what stands before <paramref name="infix"/> in their names.</summary>
    /// <param name="infix">Part of the name that is the method's, such as <c>.loras.</c>.</param>
    internal IReadOnlyList<string> PathsBefore(string infix) =>
    [
        .. Keys.Select(key => (Key: key, At: key.IndexOf(infix, StringComparison.Ordinal))).Where(found => found.At > 0)
            .Select(found => found.Key[..found.At]).Distinct(),
    ];
}

/// <summary>Parts of the tensor names in AdapterHub's files, which the adapter's name follows.</summary>
internal static class AdapterHubKeys
{
    /// <summary>Stands after the checkpoint name of a layer with a low-rank update or with factors.</summary>
    internal const string Loras = ".loras.";
}
