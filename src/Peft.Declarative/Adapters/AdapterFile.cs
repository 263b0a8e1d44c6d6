using System.Diagnostics;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>
/// Loads and saves adapters in the formats of Hugging Face PEFT and AdapterHub. Loading is strict; saving replaces all files or none.
/// </summary>
internal static class AdapterFile
{
    internal static void Save(Adapter adapter, nn.Module model, string directory)
    {
        CheckpointErrors.RequireTarget(directory);
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
        foreach (ReparameterizedTensor learned in adapter.Reparameterized)
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

    /// <summary>Loads an adapter.</summary>
    /// <param name="set">The adapters of the model.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="name">The name on the model.</param>
    /// <param name="active">Whether it becomes the only active one. Otherwise it is at rest, and the caller restores the others.</param>
    internal static Adapter Load(AdapterSet set, string directory, string name, bool active)
    {
        using AdapterFiles files = AdapterDirectory.Read(directory);
        (Adapter adapter, AdapterFilling filled) = Load(set, files, directory, name);
        if (active)
        {
            set.Activate(name);
        }

        adapter.Provenance = Provenance.Read(files.Metadata);
        adapter.DataForm = adapter.Provenance?.Data;
        adapter.Warnings =
        [
            .. filled.Warnings,
            .. ProvenanceWarnings.Of(adapter.Provenance, set.Model, directory),
        ];
        foreach (string warning in adapter.Warnings)
        {
            Trace.TraceWarning(warning);   // visible in a debugger and to programs that listen to the trace
        }

        return adapter;
    }

    /// <summary>Reads the config of an adapter and checks it against the tensors.</summary>
    internal static AdapterConfig ConfigOf(AdapterSet set, AdapterFiles files, string directory)
    {
        var file = new ConfigJson(files.Config, Path.Combine(directory, AdapterLayout.In(directory).Config));
        VeryOldFile.Refuse(files.Config, directory);
        AdapterConfig config = AdapterMethods.Known.Read(file, files.Tensors.Keys);
        DeclaredSizeCheck.Check(files, file.Source, (set.Model as IBaseModel)?.HiddenSize ?? 0, config.HarmlessSizes);
        return config;
    }

    private static (Adapter Adapter, AdapterFilling Filled) Load(AdapterSet set, AdapterFiles files, string directory, string name)
    {
        AdapterConfig config = ConfigOf(set, files, directory);
        if (set.Has(name))
        {
            set.Use.WeightsChanged();
            return (set[name], Refill(set, set[name], config, files, directory));
        }

        var adapter = new Adapter(name, config);
        set.Attach(adapter);
        AdapterFilling filled;
        try
        {
            adapter.TrainNetworks(files.Training.Count > 0);
            filled = new AdapterFilling(set.Model, adapter, files, directory);
            filled.Run();
            adapter.Switch(active: false);   // first, because autograd keeps memory for tensors that were ever trained
            adapter.Store();
        }
        catch
        {
            AdapterRemoval.Remove(set, adapter);
            throw;
        }

        return (adapter, filled);
    }

    // If the files contain no network, the tensors themselves are trained further.
    private static AdapterFilling Refill(AdapterSet set, Adapter present, AdapterConfig config, AdapterFiles files, string directory)
    {
        AdapterConfig former = present.Config;
        IReadOnlyList<string> conflicts = [.. former.Conflicts(config)];
        bool made = present.Reparameterized.Any(tensor => tensor.IsMade);
        if (former.GetType() == config.GetType())
        {
            config = config.CompletedFrom(former);
        }

        Action undo = conflicts.Count > 0 ? () => { } : config.Reshape(present);
        present.Config = config;   // before filling, because the names of the tensors are those of its format
        present.TrainNetworks(files.Training.Count > 0);
        try
        {
            var filled = new AdapterFilling(set.Model, present, files, directory) { Conflicts = conflicts, IsPresent = true };
            filled.Run();
            return filled;
        }
        catch
        {
            undo();
            present.Config = former;
            present.TrainNetworks(made);
            throw;
        }
    }

    /// <summary>Gets the tensors that are saved with an adapter although they are not trained.</summary>
    internal static IEnumerable<FrozenTensor> Frozen(Adapter adapter) => adapter.AdapterHubName is { } name
        ? adapter.AdapterHubCopies(name).Select(copy => new FrozenTensor(copy.Key, copy.Value, BelongsToBase: false))
        : adapter.Config.SavesFrozenTensors
        ? adapter.Parts.Where(entry => entry.Part is AdapterLayer)
            .SelectMany(entry => ((AdapterLayer)entry.Part).FrozenTensorsAt(entry.Path))
            .DistinctBy(tensor => tensor.Key)
        : [];
}
