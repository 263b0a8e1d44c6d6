using Peft.Declarative.Layers;
using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Embedding = Peft.Declarative.Layers.Embedding;
using LayerNorm = Peft.Declarative.Layers.LayerNorm;
using Linear = Peft.Declarative.Layers.Linear;

namespace Peft.Declarative.Slots;

/// <summary>
/// Converts TorchSharp's own layers to layers of this library with the same parameters. The weight of TorchSharp's layers cannot be replaced safely,
/// because their setters dispose the previous weight, which belongs to the base model.
/// </summary>
internal static class StockLayers
{
    /// <summary>Converts a layer. Layers of this library are returned unchanged.</summary>
    /// <exception cref="PeftException">PEFT108: layers of this type cannot be adapted.</exception>
    internal static nn.Module<Tensor, Tensor> Adopt(nn.Module<Tensor, Tensor> layer) => layer switch
    {
        AdapterLayer or WeightLayer => layer,
        TorchSharp.Modules.Linear stock => new Linear(stock.weight!, stock.bias, LayerKind.Linear),
        TorchSharp.Modules.Embedding stock => new Embedding(stock.weight!),
        TorchSharp.Modules.LayerNorm stock => new LayerNorm(stock.weight!, stock.bias, stock.eps),
        _ => throw new PeftException(RuleIds.KindNotAdaptable,
            $"A layer of type '{layer.GetType().Name}' cannot hold an adapter. Adapt Linear, Conv1D, Embedding or norm layers instead."),
    };

    /// <summary>The output and input width of a layer, as its <see cref="WeightLayer"/> defines them; 0 for a layer that cannot be converted.</summary>
    internal static (long Output, long Input) SizesOf(nn.Module layer) => layer switch
    {
        AdapterLayer adapted => (adapted.Base.Output, adapted.Base.Input),
        WeightLayer own => (own.Output, own.Input),
        TorchSharp.Modules.Linear { weight: { } weight } => (weight.size(0), weight.size(1)),
        TorchSharp.Modules.Embedding { weight: { } table } => (table.size(1), table.size(0)),
        TorchSharp.Modules.LayerNorm { weight: { } norm } => (norm.numel(), 1),
        _ => (0, 0),
    };

    /// <summary>The kind of a layer after conversion; <see cref="LayerKind.Other"/> for a layer that cannot be converted.</summary>
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
