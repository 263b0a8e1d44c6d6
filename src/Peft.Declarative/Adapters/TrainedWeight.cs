using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>A trained copy of one weight of the base. Heads that are tied to the layer use it too, as in full fine-tuning.</summary>
/// <param name="layer">A layer with its own weight.</param>
/// <param name="adapter">The name of the adapter.</param>
/// <param name="method">The name of the method's attribute, for messages.</param>
internal sealed class TrainedWeight(WeightLayer layer, string adapter, string method) : ParameterOverride(layer, layer.WeightToTrain(method), adapter)
{
    internal override string Claim => "weights";

    private protected override Parameter Original => Layer.BaseWeight;

    private protected override Parameter? Shown
    {
        get => Layer.weight;
        set => Layer.OverrideWeight(value);
    }

    public override IEnumerable<AdapterTensor> TensorsAt(string path) =>
        [new AdapterTensor($"{AdapterKeys.Model}{path}.{nameof(WeightLayer.weight)}", Trained)];

    public override Tensor MergeWeight(Tensor weight) => Replaced(weight);
}
