using System.Text.Json.Nodes;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Checkpoints;

/// <summary>The names that a library gives to the files of an adapter directory.</summary>
/// <param name="Config">The name of the configuration.</param>
/// <param name="Weights">The names of the tensors' file. The first one is written; all are read.</param>
/// <param name="Pickle">The name of the pickled tensors, which are never opened.</param>
internal sealed record AdapterLayout(string Config, IReadOnlyList<string> Weights, string Pickle)
{
    /// <summary>Hugging Face PEFT.</summary>
    internal static AdapterLayout Peft { get; } = new(AdapterDirectory.ConfigName, [AdapterDirectory.WeightsName], "adapter_model.bin");

    /// <summary>AdapterHub's library: an adapter.</summary>
    internal static AdapterLayout AdapterHub { get; } = Pytorch(AdapterDirectory.ConfigName, "adapter.safetensors", "adapter");

    /// <summary>AdapterHub's library: a fusion of several adapters.</summary>
    internal static AdapterLayout AdapterHubFusion { get; } =
        Pytorch("adapter_fusion_config.json", "model_adapter_fusion.safetensors", "model_adapter_fusion");

    /// <summary>AdapterHub's library: the head that was trained with an adapter, in the same directory.</summary>
    internal static AdapterLayout AdapterHubHead { get; } = Pytorch("head_config.json", "model_head.safetensors", "model_head");

    /// <summary>The layout of a directory. If the directory contains no configuration, this is Hugging Face PEFT's layout.</summary>
    internal static AdapterLayout In(string directory) =>
        !File.Exists(Path.Combine(directory, Peft.Config)) && File.Exists(Path.Combine(directory, AdapterHubFusion.Config)) ? AdapterHubFusion
        : File.Exists(Path.Combine(directory, Peft.Config)) ? Of(JsonFile.ReadObject(Path.Combine(directory, Peft.Config)))
        : Peft;

    /// <summary>The layout that a configuration belongs to. AdapterHub stores the settings of a method in a nested object, <c>config</c>.</summary>
    internal static AdapterLayout Of(JsonObject config) => config.ContainsKey("peft_type") || config["config"] is not JsonObject ? Peft
        : config.ContainsKey("adapter_names") ? AdapterHubFusion
        : AdapterHub;

    /// <summary>The path of the tensors in a directory, or <see langword="null"/> if it contains none.</summary>
    internal string? WeightsIn(string directory) => Weights.Select(name => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    // Converted files often keep the name of the pickle they were made from.
    private static AdapterLayout Pytorch(string config, string weights, string stem) =>
        new(config, [weights, $"pytorch_{stem}.safetensors"], $"pytorch_{stem}.bin");
}
