using System.Text.RegularExpressions;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Checkpoints;

/// <summary>Tells what a directory is that was taken for one of a model or an adapter, and what to name instead.</summary>
internal static partial class MistakenDirectory
{
    /// <summary>A sentence about a path that is no model directory; <see langword="null"/> if nothing is known about it.</summary>
    internal static string? ForModel(string path)
    {
        if (!Directory.Exists(path))
        {
            return HubName().IsMatch(path)
                ? $"Models are read from directories. Download this one first, for example with 'hf download {UntrustedText.Shown(path)} --local-dir DIR'."
                : null;
        }

        if (File.Exists(Path.Combine(path, AdapterDirectory.ConfigName)))
        {
            return "It is the directory of an adapter. Load its base model, and then the adapter onto it (LoadAdapter, --adapter).";
        }

        if (Snapshot(path) is { } snapshot)
        {
            return $"It is an entry of the cache of the Hugging Face Hub. Name the directory of the files in it, '{UntrustedText.Shown(snapshot)}'.";
        }

        return Directory.EnumerateFiles(path, "*.gguf").Any()
            ? "It has weights as GGUF, which are not read. Use the model's directory with safetensors."
            : null;
    }

    /// <summary>A sentence about a path that is no adapter directory; <see langword="null"/> if nothing is known about it.</summary>
    internal static string? ForAdapter(string path) =>
        File.Exists(Path.Combine(path, ModelDirectory.WeightsName)) || File.Exists(Path.Combine(path, ModelDirectory.IndexName))
            ? "It is the directory of a model."
            : null;

    private static string? Snapshot(string path)
    {
        string snapshots = Path.Combine(path, "snapshots");
        return Directory.Exists(snapshots)
            ? Directory.EnumerateDirectories(snapshots).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "config.json")))
            : null;
    }

    [GeneratedRegex(@"^[\w.-]+/[\w.-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex HubName();
}
