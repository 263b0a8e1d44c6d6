using System.Diagnostics;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Adapters as directories of Hugging Face PEFT or of AdapterHub: read strictly, written whole or not at all.</summary>
internal static class AdapterFile
{
    internal static void Save(Adapter adapter, nn.Module model, string directory)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        AdapterConfig config = adapter.Config.Resolve(adapter, model);
        Provenance? provenance = (model as IBaseModel)?.Provenance is { } here ? here with { Data = adapter.DataForm }
            : adapter.DataForm is { } form ? new Provenance { Data = form }
            : null;
        if (config.IsAdapterHub)
        {
            AdapterMethods.Known.WriteAdapterHub(directory, adapter, config, provenance);
            return;
        }

        ILookup<bool, AdapterTensor> kept = adapter.Tensors.ToLookup(tensor => tensor.ForTraining);
        Dictionary<string, Tensor> tensors = kept[false].ToDictionary(tensor => tensor.Key, tensor => tensor.InFile?.Invoke() ?? tensor.Value);
        foreach (ReparameterizedTensor learned in adapter.Learned)
        {
            tensors[learned.Key] = learned.Value();
        }

        foreach (FrozenTensor tensor in Frozen(adapter))
        {
            tensors[tensor.Key] = tensor.Value;
        }

        Dictionary<string, Tensor> training = kept[true].ToDictionary(tensor => tensor.Key, tensor => (Tensor)tensor.Value);
        AdapterDirectory.Write(directory, config.ToJson(), tensors, training, provenance);
    }

    internal static Adapter Load(AdapterSet set, string directory, string name)
    {
        using AdapterFiles files = AdapterDirectory.Read(directory);
        Adapter adapter = Load(set, files, directory, name);
        adapter.Provenance = Provenance.Read(files.Metadata);
        adapter.DataForm = adapter.Provenance?.Data;
        adapter.Warnings = set.Model is IBaseModel model && adapter.Provenance is { } then ? ProvenanceWarnings.Of(then, model, directory) : [];
        foreach (string warning in adapter.Warnings)
        {
            Trace.TraceWarning(warning);   // seen in a debugger, and wherever a program listens to its trace
        }

        return adapter;
    }

    private static Adapter Load(AdapterSet set, AdapterFiles files, string directory, string name)
    {
        var file = new ConfigJson(files.Config, Path.Combine(directory, AdapterLayout.In(directory).Config));
        AdapterConfig config = AdapterMethods.Known.Read(file, files.Tensors.Keys);
        DeclaredSizeCheck.Check(files, file.Source, (set.Model as IBaseModel)?.HiddenSize ?? 0);

        if (set.Has(name))
        {
            Refill(set[name], config, files, directory);
            set.Activate(name);
            return set[name];
        }

        var adapter = new Adapter(name, config);
        set.Attach(adapter);
        try
        {
            adapter.TrainNetworks(files.Training.Count > 0);
            Fill(adapter, files, directory, []);
        }
        catch
        {
            AdapterRemoval.Remove(set, adapter);
            throw;
        }

        set.Activate(name);
        return adapter;
    }

    // Without a network in the files, what it made is trained on.
    private static void Refill(Adapter present, AdapterConfig config, AdapterFiles files, string directory)
    {
        AdapterConfig former = present.Config;
        IReadOnlyList<string> conflicts = [.. former.Conflicts(config)];
        bool made = present.Learned.Any(tensor => tensor.IsMade);
        if (former.GetType() == config.GetType())
        {
            config = config.InPlaceOf(former);
        }

        Action undo = conflicts.Count > 0 ? () => { } : config.Reshape(present);
        present.Config = config;   // before filling, because the names of the tensors are those of its format
        present.TrainNetworks(files.Training.Count > 0);
        try
        {
            Fill(present, files, directory, conflicts);
        }
        catch
        {
            undo();
            present.Config = former;
            present.TrainNetworks(made);
            throw;
        }
    }

    private static void Fill(Adapter adapter, AdapterFiles files, string directory, IEnumerable<string> conflicts)
    {
        List<string> problems = [.. conflicts];
        Dictionary<string, Tensor> saved = new(files.Tensors.Concat(files.Training), StringComparer.Ordinal);
        HashSet<string> unused = [.. saved.Keys];
        foreach (AdapterTensor tensor in adapter.Tensors)
        {
            if (!unused.Remove(tensor.Key))
            {
                if (!tensor.Optional)
                {
                    problems.Add($"'{UntrustedText.Shown(tensor.Key)}' is missing");
                }
            }
            else if (!saved[tensor.Key].shape.SequenceEqual(tensor.Value.shape))
            {
                problems.Add($"'{UntrustedText.Shown(tensor.Key)}' is [{string.Join(", ", saved[tensor.Key].shape)}], "
                    + $"but the model needs [{string.Join(", ", tensor.Value.shape)}]");
            }
        }

        unused.ExceptWith(adapter.Learned.Where(tensor => tensor.IsMade).Select(tensor => tensor.Key));   // their networks are filled

        FrozenTensor[] frozen = [.. Frozen(adapter).Where(tensor => unused.Remove(tensor.Key))];
        foreach (FrozenTensor tensor in frozen)
        {
            Tensor fixedTensor = saved[tensor.Key];
            if (tensor.BelongsToBase ? !SameWeight(fixedTensor, tensor.Value) : !fixedTensor.shape.SequenceEqual(tensor.Value.shape))
            {
                problems.Add(tensor.BelongsToBase
                    ? $"'{UntrustedText.Shown(tensor.Key)}' is another base model's weight"
                    : $"'{UntrustedText.Shown(tensor.Key)}' is [{string.Join(", ", fixedTensor.shape)}], but the model needs [{string.Join(", ", tensor.Value.shape)}]");
            }
            else if (tensor.Check?.Invoke(fixedTensor) is { } problem)
            {
                problems.Add($"'{UntrustedText.Shown(tensor.Key)}' {problem}");
            }
        }

        problems.AddRange(unused.Order(StringComparer.Ordinal).Select(key => $"'{UntrustedText.Shown(key)}' has no place in the model"));
        if (problems.Count > 0)
        {
            throw new PeftException(RuleIds.AdapterDoesNotFit,
                $"The adapter in '{directory}' does not fit this model: {ProblemList.Of(problems)}. Load it on the base model it was trained on.");
        }

        using IDisposable untracked = no_grad();
        foreach (AdapterTensor tensor in adapter.Tensors.Where(tensor => saved.ContainsKey(tensor.Key)))
        {
            tensor.Value.copy_(saved[tensor.Key]);
        }

        foreach (FrozenTensor tensor in frozen.Where(tensor => !tensor.BelongsToBase))
        {
            tensor.Value.copy_(saved[tensor.Key]);
        }
    }

    private static IEnumerable<FrozenTensor> Frozen(Adapter adapter) => adapter.AdapterHubName is { } name
        ? adapter.AdapterHubCopies(name).Select(copy => new FrozenTensor(copy.Key, copy.Value, BelongsToBase: false))
        : adapter.Config.SavesFrozenTensors
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
