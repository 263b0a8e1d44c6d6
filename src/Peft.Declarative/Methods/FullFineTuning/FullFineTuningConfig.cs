using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.FullFineTuning;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// The config of full fine-tuning, as in adapter_config.json. <c>FULL</c> is this library's own name, and the tensors have the names of modules that
/// the reference library trains in full. For a plain checkpoint, merge the adapter and save the model.
/// </summary>
public sealed record FullFineTuningConfig : LayerAdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => FullFineTuningFacts.Method.PeftType;

    /// <summary>The number of blocks at the end of each list that are trained, at least 0; 0 (the default) for all layers.</summary>
    public int LastBlocks { get; init; }

    internal override MethodFacts Facts => FullFineTuningFacts.Method;

    internal override IEnumerable<(string Argument, double? Value)> Numbers => [("LastBlocks", LastBlocks)];

    // A file without targets also means every layer.
    internal override IReadOnlyList<string>? UsualTargets(nn.Module model) => null;

    internal override AdapterConfig Resolve(Adapter adapter, nn.Module model) => Source is not null ? base.Resolve(adapter, model)
        : (LayerAdapterConfig)base.Resolve(adapter, model) with { ModulesToSave = [.. ModulesToSave ?? [], .. TrainedHeads.Of(model)] };

    private protected override JsonObject Defaults() => CommonDefaults();

    private protected override void Write(JsonObject json)
    {
        base.Write(json);
        if (Source is null)
        {
            json["last_blocks"] = LastBlocks;
        }
    }
}
