using Peft.Declarative.Text.Errors;
using Peft.Declarative.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Embedding = Peft.Declarative.Layers.Embedding;
using LayerNorm = Peft.Declarative.Layers.LayerNorm;
using Linear = Peft.Declarative.Layers.Linear;

namespace Peft.Declarative.Slots;

/// <summary>
/// Takes TorchSharp's own layers over: the same parameters, in a layer whose weight can be replaced. TorchSharp's setters dispose the
/// former weight, which would be the base's.
/// </summary>
internal static class StockLayers
{
    internal static nn.Module<Tensor, Tensor> Adopt(nn.Module<Tensor, Tensor> layer) => layer switch
    {
        AdapterLayer or WeightLayer => layer,
        TorchSharp.Modules.Linear stock => new Linear(stock.weight!, stock.bias, LayerKind.Linear),
        TorchSharp.Modules.Embedding stock => new Embedding(stock.weight!),
        TorchSharp.Modules.LayerNorm stock => new LayerNorm(stock.weight!, stock.bias, stock.eps),
        _ => throw new PeftException(RuleIds.KindNotAdaptable,
            $"A layer of type '{layer.GetType().Name}' cannot hold an adapter. Adapters sit on Linear, Conv1D, Embedding and norms."),
    };

    /// <summary>Widths of a layer's result and input, as its <see cref="WeightLayer"/> would have them; 0 for what cannot be adopted.</summary>
    internal static (long Output, long Input) SizesOf(nn.Module layer) => layer switch
    {
        AdapterLayer adapted => (adapted.Base.Output, adapted.Base.Input),
        WeightLayer own => (own.Output, own.Input),
        TorchSharp.Modules.Linear { weight: { } weight } => (weight.size(0), weight.size(1)),
        TorchSharp.Modules.Embedding { weight: { } table } => (table.size(1), table.size(0)),
        TorchSharp.Modules.LayerNorm { weight: { } norm } => (norm.numel(), 1),
        _ => (0, 0),
    };

    /// <summary>What a layer is once adopted; <see cref="LayerKind.Other"/> for what cannot be.</summary>
    internal static LayerKind KindOf(nn.Module layer) => layer switch
    {
        AdapterLayer adapted => adapted.Base.Kind,
        WeightLayer own => own.Kind,
        TorchSharp.Modules.Linear => LayerKind.Linear,
        TorchSharp.Modules.Embedding => LayerKind.Embedding,
        TorchSharp.Modules.LayerNorm => LayerKind.Norm,
        _ => LayerKind.Other,
    };
}
