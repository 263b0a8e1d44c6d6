using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>A layer that is trained in full: while the adapter is active, its float32 copy is used instead of the base's layer.</summary>
public class ModuleToSave : AdapterLayer, IMergeable, IAdapterHubPart
{
    private const string SavedName = "modules_to_save";

    private readonly WeightLayer _copy;
    private readonly string _root;

    /// <summary>Creates a trainable copy of a layer.</summary>
    /// <param name="frozen">The layer, or the layer of another adapter around it.</param>
    /// <param name="adapter">The name of the adapter that trains the copy.</param>
    public ModuleToSave(nn.Module<Tensor, Tensor> frozen, string adapter)
        : this(frozen, adapter, AdapterKeys.Model)
    {
    }

    /// <param name="frozen">The layer, or the layer of another adapter around it.</param>
    /// <param name="adapter">The name of the adapter that trains the copy.</param>
    /// <param name="root">The part of the key in the file before the layer's path.</param>
    /// <param name="kinds">The kinds of layers that can be copied; <see langword="null"/> for all.</param>
    internal ModuleToSave(nn.Module<Tensor, Tensor> frozen, string adapter, string root, IReadOnlyList<LayerKind>? kinds = null)
        : base(nameof(ModuleToSave), frozen, adapter, kinds)
    {
        _root = root;
        _copy = Base.Copy();
        _copy.IsTrainedCopy = true;
        register_module(SavedName, _copy);
    }

    WeightLayer? IMergeable.MergeTarget => Base;

    bool IWeightChange.ReplacesWeight => true;

    internal override bool IsTarget => false;

    /// <summary>Whether the file contains the bias two more times, as the reference library saves it if all biases are trained.</summary>
    internal bool RepeatsBias { get; set; }

    internal override bool Replaces(bool alone) => true;

    internal override Tensor? Replace(Tensor input, bool alone) => _copy.call(input);

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) => TensorsBelow(_root + path, optional: false);

    // AdapterHub's library saves the head only if it is told to.
    IEnumerable<AdapterTensor> IAdapterHubPart.AdapterHubTensorsAt(string path, string name) => TensorsBelow(path, optional: true);

    internal override IEnumerable<FrozenTensor> FrozenTensorsAt(string path) => RepeatsBias && _copy.bias is { } bias
        ?
        [
            new FrozenTensor($"{_root}{path}.{SavedName}.{nameof(WeightLayer.bias)}", bias, BelongsToBase: false),
            new FrozenTensor($"{_root}{path}.original_module.{nameof(WeightLayer.bias)}", Base.BaseBias!, BelongsToBase: true),
        ]
        : [];

    private IEnumerable<AdapterTensor> TensorsBelow(string prefix, bool optional)
    {
        yield return new AdapterTensor($"{prefix}.{nameof(WeightLayer.weight)}", _copy.weight, optional);
        if (_copy.bias is { } bias)
        {
            yield return new AdapterTensor($"{prefix}.{nameof(WeightLayer.bias)}", bias, optional);
        }
    }

    Tensor IWeightChange.MergeWeight(Tensor weight) => _copy.weight;

    Tensor? IWeightChange.MergeBias(Tensor? bias) => _copy.bias;
}
