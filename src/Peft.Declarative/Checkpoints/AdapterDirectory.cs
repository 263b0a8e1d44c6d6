using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;
using System.Text;
using static TorchSharp.torch;

namespace Peft.Declarative.Checkpoints;

/// <summary>Reads and writes the directory that Hugging Face PEFT keeps an adapter in, and AdapterHub's, which has other file names.</summary>
public static class AdapterDirectory
{
    /// <summary>Name of the configuration file.</summary>
    public const string ConfigName = "adapter_config.json";

    /// <summary>Name of the file of tensors.</summary>
    public const string WeightsName = "adapter_model.safetensors";

    /// <summary>
    /// Name of the file of tensors that only training needs: networks that make what the other file holds. It is this library's own; the reference
    /// library does not read it, and a directory without it is complete.
    /// </summary>
    public const string TrainingName = "adapter_training.safetensors";

    private static readonly KeyValuePair<string, string> Format = new("format", "pt");   // transformers refuses files without it

    /// <summary>Reads configuration and tensors. What they mean, and whether the type is known, is judged by the methods.</summary>
    /// <param name="directory">
    /// A directory with <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>; or of AdapterHub, with <c>adapter.safetensors</c> and
    /// perhaps a head, whose tensors are among those of the result, or with <c>adapter_fusion_config.json</c> and its weights.
    /// </param>
    /// <exception cref="SafetensorsException">PEFT501: the tensors' file breaks a rule of its format.</exception>
    /// <exception cref="PeftException">PEFT504: a file is missing, the weights are pickled, or the configuration is not a JSON object.</exception>
    public static AdapterFiles Read(string directory)
    {
        AdapterLayout layout = Find(directory);
        JsonObject config = JsonFile.ReadObject(Path.Combine(directory, layout.Config));
        string? head = layout == AdapterLayout.Peft ? null : AdapterLayout.AdapterHubHead.WeightsIn(directory);
        string weights = layout.WeightsIn(directory)!;
        Dictionary<string, Tensor> tensors = Copies([weights, .. head is null ? Array.Empty<string>() : [head]]);
        string training = TrainingTensors.PathIn(directory);
        try
        {
            IReadOnlyDictionary<string, string> metadata = MetadataOf(weights);
            if (!File.Exists(training))
            {
                return new AdapterFiles(config, tensors) { Metadata = metadata };
            }

            TrainingTensors.Check(training, tensors);
            return new AdapterFiles(config, tensors) { Metadata = metadata, Training = Copies([training]) };
        }
        catch
        {
            tensors.Values.ToList().ForEach(tensor => tensor.Dispose());
            throw;
        }
    }

    /// <summary>Writes both files, complete or not at all, as the Python library would: same layout, same bytes.</summary>
    /// <param name="directory">The directory; created if missing.</param>
    /// <param name="config">The configuration. Keys are sorted; numbers that came from a file keep their digits.</param>
    /// <param name="tensors">Tensors by name.</param>
    /// <exception cref="SafetensorsException">PEFT501: a tensor has a name or an element type that the format has no place for.</exception>
    /// <exception cref="PeftException">PEFT502: the directory cannot be written. PEFT504: the configuration holds NaN or infinity.</exception>
    public static void Write(string directory, JsonObject config, IReadOnlyDictionary<string, Tensor> tensors) =>
        Write(directory, config, tensors, new Dictionary<string, Tensor>());

    /// <summary>Writes the files with what they were trained on in the header, and beside them what only training needs.</summary>
    internal static void Write(
        string directory,
        JsonObject config,
        IReadOnlyDictionary<string, Tensor> tensors,
        IReadOnlyDictionary<string, Tensor> training,
        Provenance? provenance = null) =>
        WriteAll(directory, [(AdapterLayout.Of(config), config, tensors)], training, provenance);

    /// <summary>
    /// Writes several pairs of configuration and tensors into one directory, complete or not at all, and with the first of them what only its training
    /// needs; an earlier file of that kind is replaced or deleted.
    /// </summary>
    internal static void WriteAll(
        string directory,
        IReadOnlyList<(AdapterLayout Layout, JsonObject Config, IReadOnlyDictionary<string, Tensor> Tensors)> parts,
        IReadOnlyDictionary<string, Tensor>? training = null,
        Provenance? provenance = null)
    {
        Dictionary<string, string> metadata = new([Format, .. provenance?.Metadata ?? []]);
        List<(string, Action<Stream>)> files = [];
        foreach ((AdapterLayout layout, JsonObject config, IReadOnlyDictionary<string, Tensor> tensors) in parts)
        {
            byte[] text = Encoding.ASCII.GetBytes(PythonJson.Write(config));
            string weights = Path.Combine(directory, layout.Weights[0]);
            files.Add((weights, SafetensorsWriter.To(weights, tensors, metadata)));
            files.Add((Path.Combine(directory, layout.Config), stream => stream.Write(text)));
        }

        if (training is { Count: > 0 })
        {
            files.Add(TrainingTensors.To(directory, training, parts[0].Tensors));
        }
        else
        {
            Forget(TrainingTensors.PathIn(directory));
        }

        AtomicFile.WriteAll(files);
    }

    private static void Forget(string path)
    {
        try
        {
            if (File.Exists(path))
            {
                File.Delete(path);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PeftException(RuleIds.FileNotWritten, $"'{path}' belongs to an earlier adapter and cannot be deleted: {error.Message} Delete it, or save elsewhere.", error);
        }
    }

    private static AdapterLayout Find(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new PeftException(RuleIds.ConfigurationUnreadable,
                $"There is no adapter directory '{directory}'. Name a directory that holds {ConfigName} and {WeightsName}.");
        }

        AdapterLayout layout = AdapterLayout.In(directory);
        bool hasWeights = layout.WeightsIn(directory) is not null;
        foreach (AdapterLayout known in (AdapterLayout[])[layout, AdapterLayout.Hub])
        {
            if (!hasWeights && File.Exists(Path.Combine(directory, known.Pickle)))
            {
                throw CheckpointErrors.PickleOnly(directory, known.Pickle, known.Weights[0], RuleIds.ConfigurationUnreadable);
            }
        }

        string[] missing = [.. File.Exists(Path.Combine(directory, layout.Config)) ? [] : new[] { layout.Config }, .. hasWeights ? [] : new[] { layout.Weights[0] }];
        return missing.Length == 0 ? layout : throw new PeftException(RuleIds.ConfigurationUnreadable,
            $"'{directory}' is not an adapter directory: {string.Join(" and ", missing)} "
            + $"{(missing.Length == 1 ? "is" : "are")} missing. Adapters other than 'default' lie in a subdirectory of their name.");
    }

    private static IReadOnlyDictionary<string, string> MetadataOf(string weights)
    {
        using SafetensorsFile file = SafetensorsFile.Open(weights);
        return file.Metadata;
    }

    // Adapters are small. Copies let the directory be written again while its adapter is loaded, also where mapped files are locked.
    private static Dictionary<string, Tensor> Copies(IReadOnlyList<string> paths)
    {
        Dictionary<string, Tensor> copies = new(StringComparer.Ordinal);
        try
        {
            foreach (string path in paths)
            {
                using SafetensorsFile file = SafetensorsFile.Open(path);
                foreach (string name in file.Names.Where(name => !copies.ContainsKey(name)))
                {
                    using Tensor view = file.Read(name);
                    copies.Add(name, view.clone().DetachFromDisposeScope());
                }
            }
        }
        catch
        {
            copies.Values.ToList().ForEach(tensor => tensor.Dispose());
            throw;
        }

        return copies;
    }
}
