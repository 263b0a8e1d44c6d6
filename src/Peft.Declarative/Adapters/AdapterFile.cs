using System.Text.Json.Nodes;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Errors;
using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Adapters as directories of Hugging Face PEFT: read strictly, written whole or not at all.</summary>
internal static class AdapterFile
{
    internal static void Save(Adapter adapter, nn.Module model, string directory)
    {
        Dictionary<string, Tensor> tensors = adapter.Tensors.ToDictionary(tensor => tensor.Key, tensor => (Tensor)tensor.Value);
        foreach (FrozenTensor tensor in Frozen(adapter))
        {
            tensors[tensor.Key] = tensor.Value;
        }

        AdapterDirectory.Write(directory, adapter.Config.Resolve(adapter, model).ToJson(), tensors);
    }

    internal static Adapter Load(AdapterSet set, string directory, string name)
    {
        using AdapterFiles files = AdapterDirectory.Read(directory);
        var file = new ConfigJson(files.Config, Path.Combine(directory, AdapterDirectory.ConfigName));
        AdapterConfig config = MethodCatalog.Of(file).Read(file);
        StatedSizes.Check(files, file.Source);

        if (set.Has(name))
        {
            Adapter present = set[name];
            Fill(present, files, directory, present.Config.Conflicts(config));
            present.Config = config;
            set.Activate(name);
            return present;
        }

        var adapter = new Adapter(name, config);
        AdapterWiring.Attach(set.Model, adapter);
        set.Adopt(adapter);
        try
        {
            Fill(adapter, files, directory, []);
        }
        catch (PeftException)
        {
            AdapterRemoval.Remove(set, adapter);
            throw;
        }

        set.Activate(name);
        return adapter;
    }

    private static void Fill(Adapter adapter, AdapterFiles files, string directory, IEnumerable<string> conflicts)
    {
        List<string> problems = [.. conflicts];
        HashSet<string> unused = [.. files.Tensors.Keys];
        foreach (AdapterTensor tensor in adapter.Tensors)
        {
            if (!unused.Remove(tensor.Key))
            {
                if (!tensor.Optional)
                {
                    problems.Add($"'{tensor.Key}' is missing");
                }
            }
            else if (!files.Tensors[tensor.Key].shape.SequenceEqual(tensor.Value.shape))
            {
                problems.Add($"'{tensor.Key}' is [{string.Join(", ", files.Tensors[tensor.Key].shape)}], "
                    + $"but the model needs [{string.Join(", ", tensor.Value.shape)}]");
            }
        }

        FrozenTensor[] frozen = [.. Frozen(adapter).Where(tensor => unused.Remove(tensor.Key))];
        foreach (FrozenTensor tensor in frozen)
        {
            Tensor saved = files.Tensors[tensor.Key];
            if (tensor.BelongsToBase ? !SameWeight(saved, tensor.Value) : !saved.shape.SequenceEqual(tensor.Value.shape))
            {
                problems.Add(tensor.BelongsToBase
                    ? $"'{tensor.Key}' is another base model's weight"
                    : $"'{tensor.Key}' is [{string.Join(", ", saved.shape)}], but the model needs [{string.Join(", ", tensor.Value.shape)}]");
            }
        }

        problems.AddRange(unused.Order(StringComparer.Ordinal).Select(key => $"'{key}' has no place in the model"));
        if (problems.Count > 0)
        {
            throw new PeftException(RuleIds.AdapterDoesNotFit,
                $"The adapter in '{directory}' does not fit this model: {Listing.Of(problems)}. Load it on the base model it was trained on.");
        }

        using IDisposable untracked = no_grad();
        foreach (AdapterTensor tensor in adapter.Tensors.Where(tensor => files.Tensors.ContainsKey(tensor.Key)))
        {
            tensor.Value.copy_(files.Tensors[tensor.Key]);
        }

        foreach (FrozenTensor tensor in frozen.Where(tensor => !tensor.BelongsToBase))
        {
            tensor.Value.copy_(files.Tensors[tensor.Key]);
        }
    }

    private static IEnumerable<FrozenTensor> Frozen(Adapter adapter) => adapter.Config.SavesFrozenTensors
        ? adapter.Parts.Where(entry => entry.Part is AdapterLayer)
            .SelectMany(entry => ((AdapterLayer)entry.Part).FrozenTensorsAt(entry.Path))
            .DistinctBy(tensor => tensor.Key)
        : [];

    // Files may hold the weight in a smaller type than the base does.
    private static bool SameWeight(Tensor saved, Tensor own)
    {
        if (!saved.shape.SequenceEqual(own.shape))
        {
            return false;
        }

        using DisposeScope scope = NewDisposeScope();
        return saved.to(ScalarType.Float32).allclose(own.detach().cpu().to(ScalarType.Float32), rtol: 1e-2, atol: 1e-3);
    }
}
