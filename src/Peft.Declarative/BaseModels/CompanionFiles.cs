using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.BaseModels;

/// <summary>The files of a model directory besides the weights, which a copy of the model needs as well: tokenizer, chat templates, settings, the model card.</summary>
internal static class CompanionFiles
{
    // Tokenizers have up to 40 MB; what is larger is weights, whatever its name.
    private const long Greatest = 256L << 20;

    private static readonly string[] Weights =
        [".safetensors", ".safetensors.index.json", ".bin", ".bin.index.json", ".pt", ".pth", ".ckpt", ".h5", ".msgpack", ".ot", ".onnx", ".gguf", ".tmp", ".lock"];

    /// <summary>The files with their paths relative to the directory.</summary>
    /// <param name="directory">The model directory.</param>
    /// <param name="target">Where they go, which may be inside the directory.</param>
    internal static IEnumerable<(string Name, string Path)> In(string directory, string target) => In(new DirectoryInfo(directory), "", Path.GetFullPath(target));

    private static IEnumerable<(string Name, string Path)> In(DirectoryInfo folder, string prefix, string target)
    {
        foreach (FileInfo file in folder.EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            if (!IsHidden(file) && !IsWeights(file.Name) && RegularFile.Is(file.FullName) && file.Length <= Greatest)
            {
                yield return (prefix + file.Name, file.FullName);
            }
        }

        foreach (DirectoryInfo inner in folder.EnumerateDirectories().OrderBy(inner => inner.Name, StringComparer.Ordinal).Where(inner => IsPart(inner, target)))
        {
            foreach ((string, string) file in In(inner, $"{prefix}{inner.Name}/", target))
            {
                yield return file;
            }
        }
    }

    // A folder with a configuration of its own is another model, or an adapter; a link may lead back.
    private static bool IsPart(DirectoryInfo folder, string target) => !IsHidden(folder) && folder.LinkTarget is null && folder.FullName != target
        && !File.Exists(Path.Combine(folder.FullName, "config.json")) && !File.Exists(Path.Combine(folder.FullName, "adapter_config.json"));

    private static bool IsHidden(FileSystemInfo entry) => entry.Name.StartsWith('.') || entry.Name.EndsWith('~');

    // An adapter that was saved beside the model would be loaded onto the copy, which may have it merged.
    private static bool IsWeights(string name) => name.StartsWith("adapter_", StringComparison.Ordinal)
        || Weights.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
