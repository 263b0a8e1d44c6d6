using Peft.Declarative.Adapters;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.LayerNormTuning;

/// <summary>Layer-norm tuning, read from files and attached by config.</summary>
internal sealed class LayerNormTuningMethod : IAdapterMethod
{
    public MethodFacts Facts { get; } = new("LayerNormTuning", MethodClass.Selective, "the norms", "2312.11420");

    public string PeftType => "LN_TUNING";

    public Type ConfigType => typeof(LayerNormTuningConfig);

    public AdapterConfig Read(ConfigJson file) => file.Layers(new LayerNormTuningConfig());

    public void Attach(nn.Module model, Adapter adapter)
    {
        IReadOnlyList<PlacedLayer> layers = [.. SlotTree.Layers(model)];
        TargetQuery query = LayerSelection.Query((LayerAdapterConfig)adapter.Config, model) with { Adaptable = [LayerKind.Norm] };
        TargetSelection selection = LayerSelection.Select(model, "LayerNormTuning", query, layers);
        foreach ((PlacedLayer place, _) in LayerSelection.Adapted(selection, layers))
        {
            SlotWriter.Write(place, new TunedNorm((nn.Module<Tensor, Tensor>)place.Layer, adapter.Name));
        }

        LayerSelection.SaveModules(selection, [.. SlotTree.Layers(model)], adapter.Name);
    }
}
