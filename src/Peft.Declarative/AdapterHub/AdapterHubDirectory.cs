using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.AdapterHub;

/// <summary>Writes an adapter in the format of the AdapterHub library: its tensors and, if a head was trained with it, the head.</summary>
internal static class AdapterHubDirectory
{
    /// <param name="directory">The directory. It is created if it does not exist.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="config">The config of the adapter, completed with what only the model knows, such as the name of a fusion.</param>
    /// <param name="provenance">The provenance for the headers of the files; <see langword="null"/> for none.</param>
    internal static void Write(string directory, Adapter adapter, AdapterConfig config, Provenance? provenance)
    {
        string name = config.Hub?.Name ?? adapter.Name;
        JsonObject file = config.ToJson();
        Dictionary<string, Tensor> tensors = Tensors(adapter, name, part => part is not ModuleToSave);
        foreach (AdapterTensor copy in adapter.AdapterHubCopies(name))
        {
            tensors[copy.Key] = copy.Value;
        }

        Dictionary<string, Tensor> head = Tensors(adapter, name, part => part is ModuleToSave);
        List<(AdapterLayout, JsonObject, IReadOnlyDictionary<string, Tensor>)> parts =
            [(AdapterLayout.Of(file), file, tensors)];
        if (head.Count > 0)
        {
            parts.Add((AdapterLayout.AdapterHubHead, HeadFile(file), head));
        }

        AdapterDirectory.WriteAll(directory, parts, provenance: provenance);
    }

    // The head of a model class has no settings and no name of its own.
    private static JsonObject HeadFile(JsonObject file)
    {
        JsonObject head = file.DeepClone().AsObject();
        head.Remove("adapter_names");
        head["config"] = null;
        head["name"] = null;
        return head;
    }

    private static Dictionary<string, Tensor> Tensors(Adapter adapter, string name, Func<IAdapterPart, bool> wanted) => adapter.Parts
        .Where(entry => wanted(entry.Part))
        .SelectMany(entry => ((IAdapterHubPart)entry.Part).AdapterHubTensorsAt(entry.Path, name))
        .DistinctBy(tensor => tensor.Key)
        .ToDictionary(tensor => tensor.Key, tensor => (Tensor)tensor.Value);
}
