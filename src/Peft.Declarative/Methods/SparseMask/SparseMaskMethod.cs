using Peft.Declarative.Adapters;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.SparseMask;

/// <summary>Fixed sparse masks, read from files and attached by config.</summary>
internal sealed class SparseMaskMethod : IAdapterMethod
{
    public MethodFacts Facts { get; } = new("SparseMask", MethodClass.Selective, "single weights, chosen by Fisher information or magnitude", "2111.09839");

    public string PeftType => "SPARSE_MASK";

    public Type ConfigType => typeof(SparseMaskConfig);

    public AdapterConfig Read(ConfigJson file) => SparseMaskConfig.Read(file);

    public void Attach(nn.Module model, Adapter adapter)
    {
        var config = (SparseMaskConfig)adapter.Config;
        IReadOnlyList<PlacedLayer> layers = [.. SlotTree.Layers(model)];
        TargetQuery query = LayerSelection.Query(config, model) with
        {
            Adaptable = [LayerKind.Linear, LayerKind.Conv1D],
        };
        TargetSelection selection = LayerSelection.Select(model, "SparseMask", query, layers);
        foreach ((PlacedLayer place, _) in LayerSelection.Adapted(selection, layers))
        {
            SlotWriter.Write(place, Layer((nn.Module<Tensor, Tensor>)place.Layer, adapter.Name, config));
        }

        LayerSelection.SaveModules(selection, [.. SlotTree.Layers(model)], adapter.Name);
    }

    // What a file has replaces any choice.
    private static SparseLinear Layer(nn.Module<Tensor, Tensor> frozen, string adapter, SparseMaskConfig config) =>
        config.Choice == MaskChoice.Magnitude && config.Source is null
            ? new SparseLinear(frozen, adapter, config.Density)
            : new SparseLinear(frozen, adapter);
}
