using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>A trained copy of one bias of the base.</summary>
/// <param name="layer">A layer with a bias.</param>
/// <param name="adapter">The name of the adapter.</param>
/// <param name="adapted">Whether the adapter also adapts the layer, which changes the key.</param>
internal sealed class TrainedBias(WeightLayer layer, string adapter, bool adapted) : ParameterOverride(layer, layer.BaseBias!, adapter)
{
    internal override string Claim => "biases";

    private protected override Parameter Original => Layer.BaseBias!;

    private protected override Parameter? Shown
    {
        get => Layer.bias;
        set => Layer.OverrideBias(value);
    }

    public override IEnumerable<AdapterTensor> TensorsAt(string path)
    {
        string owner = adapted ? $"{path}.{AdapterKeys.BaseLayer}" : path;

        // The reference library loses the biases of adapted layers when it saves with 'lora_only', so its files may lack them.
        yield return new AdapterTensor($"{AdapterKeys.Model}{owner}.{nameof(WeightLayer.bias)}", Trained, Optional: adapted);
    }

    public override Tensor? MergeBias(Tensor? bias) => bias is null ? null : Replaced(bias);
}
