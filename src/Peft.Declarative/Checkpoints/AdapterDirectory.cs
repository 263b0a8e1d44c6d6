using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Peft.Declarative.Checkpoints;

/// <summary>Reads and writes the directory that Hugging Face PEFT keeps an adapter in.</summary>
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

    private const string PickleName = "adapter_model.bin";

    // In the metadata of the training file: which tensors it made.
    private const string Fingerprint = "adapter_sha256";

    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    /// <summary>Reads configuration and tensors. What they mean, and whether the type is known, is judged by the methods.</summary>
    /// <param name="directory">A directory with <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</param>
    /// <exception cref="SafetensorsException">PEFT501: the tensors' file breaks a rule of its format.</exception>
    /// <exception cref="PeftException">PEFT504: a file is missing, the weights are pickled, or the configuration is not a JSON object.</exception>
    public static AdapterFiles Read(string directory)
    {
        Find(directory);
        JsonObject config = JsonFile.ReadObject(Path.Combine(directory, ConfigName));
        Dictionary<string, Tensor> tensors = Copies(Path.Combine(directory, WeightsName));
        try
        {
            return new AdapterFiles(config, tensors) { Training = ReadTraining(directory, tensors) };
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

    /// <summary>Writes the files, and beside them what only training needs; an earlier file of that kind is replaced or deleted.</summary>
    internal static void Write(
        string directory, JsonObject config, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, Tensor> training)
    {
        byte[] text = Encoding.ASCII.GetBytes(PythonJson.Write(config));
        string weights = Path.Combine(directory, WeightsName);
        List<(string Path, Action<Stream> Write)> files =
        [
            (weights, SafetensorsWriter.To(weights, tensors, Metadata)),
            (Path.Combine(directory, ConfigName), stream => stream.Write(text)),
        ];
        string beside = Path.Combine(directory, TrainingName);
        if (training.Count > 0)
        {
            files.Add((beside, SafetensorsWriter.To(beside, training, new Dictionary<string, string>(Metadata) { [Fingerprint] = FingerprintOf(tensors) })));
        }
        else
        {
            File.Delete(beside);
        }

        AtomicFile.WriteAll(files);
    }

    private static Dictionary<string, Tensor> ReadTraining(string directory, IReadOnlyDictionary<string, Tensor> tensors)
    {
        string path = Path.Combine(directory, TrainingName);
        if (!File.Exists(path))
        {
            return [];
        }

        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            if (file.Metadata.GetValueOrDefault(Fingerprint) != FingerprintOf(tensors))
            {
                throw new PeftException(CheckpointErrors.Adapter, $"'{path}' belongs to other tensors than those in {WeightsName} beside it: training would go on "
                    + "from another adapter than the one that is used. Put back the file that was saved with it, or delete it to train the tensors themselves.");
            }
        }

        return Copies(path);
    }

    /// <summary>What tells the tensors of one adapter from those of another.</summary>
    private static string FingerprintOf(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using DisposeScope scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, Tensor tensor) in tensors.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(tensor.detach().cpu().contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Find(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new PeftException(CheckpointErrors.Adapter,
                $"There is no adapter directory '{directory}'. Name a directory that holds {ConfigName} and {WeightsName}.");
        }

        string[] missing = [.. new[] { ConfigName, WeightsName }.Where(name => !File.Exists(Path.Combine(directory, name)))];
        if (missing.Contains(WeightsName) && File.Exists(Path.Combine(directory, PickleName)))
        {
            throw CheckpointErrors.PickleOnly(directory, PickleName, WeightsName, CheckpointErrors.Adapter);
        }

        if (missing.Length > 0)
        {
            throw new PeftException(CheckpointErrors.Adapter, $"'{directory}' is not an adapter directory: {string.Join(" and ", missing)} "
                + $"{(missing.Length == 1 ? "is" : "are")} missing. Adapters other than 'default' lie in a subdirectory of their name.");
        }
    }

    // Adapters are small. Copies let the directory be written again while its adapter is loaded, also where mapped files are locked.
    private static Dictionary<string, Tensor> Copies(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Dictionary<string, Tensor> copies = new(StringComparer.Ordinal);
        try
        {
            foreach (string name in file.Names)
            {
                using Tensor view = file.Read(name);
                copies.Add(name, view.clone().DetachFromDisposeScope());
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
