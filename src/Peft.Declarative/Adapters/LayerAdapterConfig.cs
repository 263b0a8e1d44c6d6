using System.Text.Json.Nodes;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>The config of an adapter on layers, as in adapter_config.json. The properties are those of <see cref="LayerAdapterAttribute"/>.</summary>
public abstract record LayerAdapterConfig : AdapterConfig
{
    /// <summary>The layers to adapt. The default is <see langword="null"/>: the usual layers of the family.</summary>
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>A regular expression on whole paths, instead of <see cref="Targets"/>. The default is <see langword="null"/>.</summary>
    public string? TargetPattern { get; init; }

    /// <summary>The layers to exclude. The default is <see langword="null"/>, none.</summary>
    public IReadOnlyList<string>? Exclude { get; init; }

    /// <summary>A regular expression on whole paths to exclude, instead of <see cref="Exclude"/>. The default is <see langword="null"/>.</summary>
    public string? ExcludePattern { get; init; }

    /// <summary>The indices of the blocks to adapt. The default is <see langword="null"/>, all blocks.</summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>The names of the list of blocks. The default is <see langword="null"/>, any numbered list.</summary>
    public IReadOnlyList<string>? LayersPattern { get; init; }

    /// <summary>The modules that are trained in full and saved with the adapter. The default is <see langword="null"/>, none.</summary>
    public IReadOnlyList<string>? ModulesToSave { get; init; }

    /// <summary>Which biases of the base are trained with the adapter; none for methods that do not support it.</summary>
    internal virtual BiasTraining TrainedBiases => BiasTraining.None;

    /// <summary>
    /// Gets the layers that are adapted if the config names none; <see langword="null"/> if all are, or if the family has no defaults.
    /// </summary>
    internal virtual IReadOnlyList<string>? UsualTargets(nn.Module model) => FamilyDefaults.Of(model, Facts.DefaultTargets);

    // Usual layers by name, and layers chosen by a rule by full path: other readers have other tables and rules.
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

    // The reference library matches these names at the end of any path, also within a word, and a full path as one module. It adds the whole head
    // itself, so the layers of the head are not listed.
    private static IReadOnlyList<string>? Saved(Adapter adapter, IReadOnlyList<string> heads)
    {
        string[] paths = [.. Paths(adapter, part => part is ModuleToSave && !part.IsTarget)];
        return paths.Length == 0 ? null : [.. paths.Where(path => !TrainedHeads.IsBelow(path, heads)), .. heads];
    }

    private static IEnumerable<string> Paths(Adapter adapter, Func<AdapterLayer, bool> wanted) => adapter.Parts
        .Where(entry => entry.Part is AdapterLayer part && wanted(part))
        .Select(entry => entry.Path);

    /// <summary>Whether the files of this method can select blocks.</summary>
    private protected virtual bool FileHasBlocks => true;

    private protected override void Write(JsonObject json)
    {
        if (Source is not null)
        {
            return;   // a config that was read does not change, and the file's own spelling is kept
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
