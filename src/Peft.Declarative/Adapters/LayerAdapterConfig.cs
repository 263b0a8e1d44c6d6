using System.Text.Json.Nodes;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>An adapter on layers as adapter_config.json describes it. The properties are those of <see cref="LayerAdapterAttribute"/>.</summary>
public abstract record LayerAdapterConfig : AdapterConfig
{
    /// <summary>Layers to adapt; null for the family's usual ones.</summary>
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>Regular expression on whole paths, instead of <see cref="Targets"/>.</summary>
    public string? TargetPattern { get; init; }

    /// <summary>Layers to leave out.</summary>
    public IReadOnlyList<string>? Exclude { get; init; }

    /// <summary>Regular expression on whole paths to leave out, instead of <see cref="Exclude"/>.</summary>
    public string? ExcludePattern { get; init; }

    /// <summary>Indices of the blocks to adapt.</summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>Name of the list of blocks.</summary>
    public IReadOnlyList<string>? LayersPattern { get; init; }

    /// <summary>Modules that are trained in full and saved with the adapter.</summary>
    public IReadOnlyList<string>? ModulesToSave { get; init; }

    /// <summary>Which biases of the base are trained along; none for methods that do not offer it.</summary>
    internal virtual BiasTraining TrainedBiases => BiasTraining.None;

    /// <summary>The layers of a model that are adapted unless the config names some; null where there are no usual ones, or where all are.</summary>
    internal virtual IReadOnlyList<string>? UsualTargets(nn.Module model) => FamilyDefaults.Of(model, Facts.DefaultTargets);

    // Usual layers by name, everything chosen by rule by full path: other readers have other tables and rules.
    internal override AdapterConfig Resolve(Adapter adapter, nn.Module model)
    {
        var known = (LayerAdapterConfig)base.Resolve(adapter, model);
        if (Source is not null)
        {
            return known;
        }

        bool byRule = Targets?.Contains(LayerAdapterAttribute.AllLinear) ?? false;
        bool byBlock = Layers is not null && !FileHasBlocks;
        return known with
        {
            Targets = byRule || byBlock ? [.. Paths(adapter, part => part.IsTarget)]
                : Targets ?? (TargetPattern is null ? UsualTargets(model) : null),
            TargetPattern = byBlock ? null : TargetPattern,
            ModulesToSave = Saved(adapter, TrainedHeads.Of(model)),
        };
    }

    // The reference library matches these on any end of a path, also within a word; a full path means one module to it too. It takes heads in by
    // itself, as a whole, and so they are not named layer by layer.
    private static IReadOnlyList<string>? Saved(Adapter adapter, IReadOnlyList<string> heads)
    {
        string[] paths = [.. Paths(adapter, part => part is ModuleToSave && !part.IsTarget)];
        return paths.Length == 0 ? null : [.. paths.Where(path => !TrainedHeads.IsBelow(path, heads)), .. heads];
    }

    private static IEnumerable<string> Paths(Adapter adapter, Func<AdapterLayer, bool> wanted) => adapter.Parts
        .Where(entry => entry.Part is AdapterLayer part && wanted(part))
        .Select(entry => entry.Path);

    /// <summary>Whether this method's files can choose blocks.</summary>
    private protected virtual bool FileHasBlocks => true;

    private protected override void Write(JsonObject json)
    {
        if (Source is not null)
        {
            return;   // nothing here changes after reading, and the file's own spelling is kept
        }

        json["target_modules"] = TargetPattern is not null ? TargetPattern : ConfigJson.Array(Targets);
        json["exclude_modules"] = ExcludePattern is not null ? ExcludePattern : ConfigJson.Array(Exclude);
        if (FileHasBlocks)
        {
            json["layers_to_transform"] = ConfigJson.Array(Layers);
            json["layers_pattern"] = LayersPattern is [var single] ? single : ConfigJson.Array(LayersPattern);
        }

        json["modules_to_save"] = ConfigJson.Array(ModulesToSave);
    }
}
