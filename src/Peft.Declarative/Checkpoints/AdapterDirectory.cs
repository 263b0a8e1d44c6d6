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

    private const string PickleName = "adapter_model.bin";

    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    /// <summary>Reads configuration and tensors. What they mean, and whether the type is known, is judged by the methods.</summary>
    /// <param name="directory">A directory with <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</param>
    /// <exception cref="SafetensorsException">PEFT501: the tensors' file breaks a rule of its format.</exception>
    /// <exception cref="PeftException">PEFT504: a file is missing, the weights are pickled, or the configuration is not a JSON object.</exception>
    public static AdapterFiles Read(string directory)
    {
        Find(directory);
        JsonObject config = JsonFile.ReadObject(Path.Combine(directory, ConfigName));
        return new AdapterFiles(config, Copies(Path.Combine(directory, WeightsName)));
    }

    /// <summary>Writes both files, complete or not at all, as the Python library would: same layout, same bytes.</summary>
    /// <param name="directory">The directory; created if missing.</param>
    /// <param name="config">The configuration. Keys are sorted; numbers that came from a file keep their digits.</param>
    /// <param name="tensors">Tensors by name.</param>
    /// <exception cref="SafetensorsException">PEFT501: a tensor has a name or an element type that the format has no place for.</exception>
    /// <exception cref="PeftException">PEFT502: the directory cannot be written. PEFT504: the configuration holds NaN or infinity.</exception>
    public static void Write(string directory, JsonObject config, IReadOnlyDictionary<string, Tensor> tensors)
    {
        byte[] text = Encoding.ASCII.GetBytes(PythonJson.Write(config));
        string weights = Path.Combine(directory, WeightsName);
        AtomicFile.WriteAll(
            (weights, SafetensorsWriter.To(weights, tensors, Metadata)),
            (Path.Combine(directory, ConfigName), stream => stream.Write(text)));
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
