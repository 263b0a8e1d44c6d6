using System.Text.Json.Nodes;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Checkpoints;

/// <summary>How a library names the files of an adapter directory.</summary>
/// <param name="Config">The configuration.</param>
/// <param name="Weights">The tensors: the name that is written, then others that are read.</param>
/// <param name="Pickle">The pickled form of the tensors, which is never opened.</param>
internal sealed record AdapterLayout(string Config, IReadOnlyList<string> Weights, string Pickle)
{
    /// <summary>Hugging Face PEFT.</summary>
    internal static AdapterLayout Peft { get; } = new(AdapterDirectory.ConfigName, [AdapterDirectory.WeightsName], "adapter_model.bin");

    /// <summary>AdapterHub's library.</summary>
    internal static AdapterLayout Hub { get; } = Pytorch(AdapterDirectory.ConfigName, "adapter.safetensors", "adapter");

    /// <summary>AdapterHub's library: the weights that blend several adapters.</summary>
    internal static AdapterLayout AdapterHubFusion { get; } =
        Pytorch("adapter_fusion_config.json", "model_adapter_fusion.safetensors", "model_adapter_fusion");

    /// <summary>AdapterHub's library: the head that was trained with an adapter, in the same directory.</summary>
    internal static AdapterLayout AdapterHubHead { get; } = Pytorch("head_config.json", "model_head.safetensors", "model_head");

    /// <summary>The layout of what a directory holds; Hugging Face PEFT's if it holds neither configuration.</summary>
    internal static AdapterLayout In(string directory) =>
        !File.Exists(Path.Combine(directory, Peft.Config)) && File.Exists(Path.Combine(directory, AdapterHubFusion.Config)) ? AdapterHubFusion
        : File.Exists(Path.Combine(directory, Peft.Config)) ? Of(JsonFile.ReadObject(Path.Combine(directory, Peft.Config)))
        : Peft;

    /// <summary>The layout that a configuration belongs to: AdapterHub's keeps a method's settings apart, under <c>config</c>.</summary>
    internal static AdapterLayout Of(JsonObject config) => config.ContainsKey("peft_type") || config["config"] is not JsonObject ? Peft
        : config.ContainsKey("adapter_names") ? AdapterHubFusion
        : Hub;

    /// <summary>Where a directory has the tensors; null if it has none.</summary>
    internal string? WeightsIn(string directory) => Weights.Select(name => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    // Tensors converted from the pickle often keep its name.
    private static AdapterLayout Pytorch(string config, string weights, string stem) =>
        new(config, [weights, $"pytorch_{stem}.safetensors"], $"pytorch_{stem}.bin");
}
