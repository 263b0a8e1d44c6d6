using Peft.Declarative.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>
/// A trained copy of one bias of the base. While the adapter is active the copy is the layer's bias, which costs nothing in the forward pass;
/// otherwise the base has its own again (the reference library trains the base's bias itself and cannot give it back).
/// </summary>
internal sealed class TrainedBias : IMergeable
{
    private readonly WeightLayer _layer;
    private readonly Parameter _original;
    private readonly Parameter _trained;
    private readonly bool _adapted;
    private bool _active;
    private bool _merged;

    /// <param name="layer">A layer with a bias.</param>
    /// <param name="adapter">Name of the adapter.</param>
    /// <param name="adapted">Whether the adapter also stands around the layer, which shows in the key.</param>
    internal TrainedBias(WeightLayer layer, string adapter, bool adapted)
    {
        _layer = layer;
        _adapted = adapted;
        _original = layer.BaseBias!;
        _trained = WeightLayer.TrainableCopy(_original);
        AdapterName = adapter;
        Active = true;
    }

    public string AdapterName { get; }

    public bool Active
    {
        get => _active;
        set
        {
            _active = value;
            Show();
        }
    }

    public bool Merged
    {
        get => _merged;
        set
        {
            _merged = value;
            Show();
        }
    }

    public WeightLayer? MergeTarget => _layer;

    public IEnumerable<AdapterTensor> TensorsAt(string path)
    {
        string place = _adapted ? $"{path}.{AdapterKeys.BaseLayer}" : path;

        // The reference library forgets the biases of adapted layers when it saves with 'lora_only'; its files may lack them.
        yield return new AdapterTensor($"{AdapterKeys.Model}{place}.{nameof(WeightLayer.bias)}", _trained, Optional: _adapted);
    }

    public Tensor MergeWeight(Tensor weight) => weight;

    public Tensor? MergeBias(Tensor? bias) => bias is null ? null : bias - _original + _trained;

    private void Show()
    {
        if (_active && !_merged)
        {
            _layer.StandInBias(_trained);
        }
        else if (ReferenceEquals(_layer.bias, _trained))   // another adapter's may stand there by now
        {
            _layer.StandInBias(null);
        }
    }
}
