using System.Text;
using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;
using static TorchSharp.torch;

namespace Peft.Declarative.Checkpoints;

/// <summary>Reads and writes adapter directories in the layouts of Hugging Face PEFT and of AdapterHub, which differ in their file names.</summary>
public static class AdapterDirectory
{
    /// <summary>The name of the configuration file.</summary>
    public const string ConfigName = "adapter_config.json";

    /// <summary>The name of the file with the adapter's tensors.</summary>
    public const string WeightsName = "adapter_model.safetensors";

    /// <summary>
    /// The name of the optional file with tensors that only training needs, such as the network that computes a prompt. It is specific to this library;
    /// Hugging Face PEFT ignores it.
    /// </summary>
    public const string TrainingName = "adapter_training.safetensors";

    private static readonly KeyValuePair<string, string> Format = new("format", "pt");   // transformers refuses files without it

    /// <summary>Reads the configuration and the tensors of an adapter. This method does not interpret them and accepts adapters of any type.</summary>
    /// <param name="directory">
    /// A directory with <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>; or a directory of AdapterHub, with
    /// <c>adapter.safetensors</c> or with <c>adapter_fusion_config.json</c> and its weights. If AdapterHub's directory contains a head, the result
    /// includes the head's tensors.
    /// </param>
    /// <returns>The files. The caller disposes them.</returns>
    /// <exception cref="SafetensorsException">PEFT501: a file of tensors violates the safetensors format.</exception>
    /// <exception cref="PeftException">PEFT504: a file is missing, the weights are pickled, or the configuration is not a JSON object.</exception>
    /// <example>
    /// <code>
    /// using AdapterFiles files = AdapterDirectory.Read("adapters/persona");
    /// Console.WriteLine(files.Config["peft_type"]);
    /// </code>
    /// </example>
    public static AdapterFiles Read(string directory)
    {
        AdapterLayout layout = Find(directory);
        JsonObject config = JsonFile.ReadObject(Path.Combine(directory, layout.Config));
        string[] weights = WeightsIn(directory, layout);
        Dictionary<string, Tensor> tensors = Copies(weights);
        string training = TrainingTensors.PathIn(directory);
        try
        {
            IReadOnlyDictionary<string, string> metadata = MetadataOf(weights[0]);
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

    /// <summary>The files of tensors that <see cref="Read"/> opens.</summary>
    /// <exception cref="PeftException">PEFT504: there is no such directory, or it is none of an adapter.</exception>
    internal static IReadOnlyList<string> TensorFiles(string directory)
    {
        string training = TrainingTensors.PathIn(directory);
        return [.. WeightsIn(directory, Find(directory)), .. File.Exists(training) ? new[] { training } : []];
    }

    /// <summary>Writes the configuration and the tensors, byte for byte as Hugging Face PEFT writes them. On failure, existing files are unchanged.</summary>
    /// <param name="directory">The directory. It is created if it does not exist.</param>
    /// <param name="config">The configuration. Keys are written in sorted order; numbers that were read from a file keep their digits.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <exception cref="SafetensorsException">PEFT501: the format does not support the name or the element type of a tensor.</exception>
    /// <exception cref="PeftException">PEFT502: the directory cannot be written. PEFT504: the configuration contains NaN or infinity.</exception>
    public static void Write(string directory, JsonObject config, IReadOnlyDictionary<string, Tensor> tensors) =>
        Write(directory, config, tensors, new Dictionary<string, Tensor>());

    /// <summary>Writes the files, with the provenance in the header of the tensors' file, and the file of training tensors if there are any.</summary>
    internal static void Write(
        string directory,
        JsonObject config,
        IReadOnlyDictionary<string, Tensor> tensors,
        IReadOnlyDictionary<string, Tensor> training,
        Provenance? provenance = null) =>
        WriteAll(directory, [(AdapterLayout.Of(config), config, tensors)], training, provenance);

    /// <summary>
    /// Writes several pairs of configuration and tensors into one directory. The training tensors belong to the first pair; an existing file of training
    /// tensors is replaced, or deleted if there are none. On failure, existing configurations and tensors are unchanged.
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
            DeleteTraining(TrainingTensors.PathIn(directory));
        }

        AtomicFile.WriteAll(files);
    }

    private static void DeleteTraining(string path)
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
            throw new PeftException(RuleIds.FileNotWritten, $"'{path}' belongs to an earlier adapter and cannot be deleted: {error.Message} Delete it, or save to another directory.", error);
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
        foreach (AdapterLayout known in (AdapterLayout[])[layout, AdapterLayout.AdapterHub])
        {
            if (!hasWeights && File.Exists(Path.Combine(directory, known.Pickle)))
            {
                throw CheckpointErrors.PickleOnly(directory, known.Pickle, known.Weights[0], RuleIds.ConfigurationUnreadable);
            }
        }

        string[] missing = [.. File.Exists(Path.Combine(directory, layout.Config)) ? [] : new[] { layout.Config }, .. hasWeights ? [] : new[] { layout.Weights[0] }];
        return missing.Length == 0 ? layout : throw new PeftException(RuleIds.ConfigurationUnreadable,
            $"'{directory}' is not an adapter directory: {string.Join(" and ", missing)} "
            + $"{(missing.Length == 1 ? "is" : "are")} missing. {MistakenDirectory.ForAdapter(directory) ?? "Adapters other than 'default' are in a subdirectory of their name."}");
    }

    // AdapterHub saves the head that was trained with an adapter beside it.
    private static string[] WeightsIn(string directory, AdapterLayout layout)
    {
        string? head = layout == AdapterLayout.Peft ? null : AdapterLayout.AdapterHubHead.WeightsIn(directory);
        return [layout.WeightsIn(directory)!, .. head is null ? Array.Empty<string>() : [head]];
    }

    private static IReadOnlyDictionary<string, string> MetadataOf(string weights)
    {
        using SafetensorsFile file = SafetensorsFile.Open(weights);
        return file.Metadata;
    }

    // The tensors are copied so that the directory can be overwritten while its adapter is loaded, even if the system locks mapped files. Adapters are small.
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
