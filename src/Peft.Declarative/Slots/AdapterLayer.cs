using Peft.Declarative.Text.Errors;
using Peft.Declarative.Layers;
using Peft.Declarative.Targeting;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>
/// The part of an adapter that wraps a layer of the base model. Several adapters wrap each other; the one declared first is innermost. The base layer
/// keeps its checkpoint name: <c>q_proj.weight</c> remains <c>q_proj.weight</c>, regardless of the number of adapters.
/// </summary>
public abstract class AdapterLayer : ExplicitLayer, IAdapterPart, IKeepsType
{
    /// <summary>The name under which the wrapped layer is registered. It does not appear in the model's state.</summary>
    internal const string BaseLayerName = "base_layer";

    /// <summary>Wraps a layer.</summary>
    /// <param name="name">The class name, for TorchSharp.</param>
    /// <param name="frozen">
    /// The layer, or an adapter that wraps it. TorchSharp's own Linear, Embedding and LayerNorm are converted to the classes of this library; the new layer
    /// uses the same parameters.
    /// </param>
    /// <param name="adapter">The name of the adapter to which this part belongs.</param>
    /// <exception cref="PeftException">PEFT108: layers of this type cannot be adapted.</exception>
    protected AdapterLayer(string name, nn.Module<Tensor, Tensor> frozen, string adapter)
        : this(name, frozen, adapter, kinds: null)
    {
    }

    /// <param name="name">The class name, for TorchSharp.</param>
    /// <param name="frozen">The layer, or an adapter that wraps it.</param>
    /// <param name="adapter">The name of the adapter to which this part belongs.</param>
    /// <param name="kinds">The kinds of layer that this part can wrap; <see langword="null"/> for all.</param>
    private protected AdapterLayer(string name, nn.Module<Tensor, Tensor> frozen, string adapter, IReadOnlyList<LayerKind>? kinds)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(frozen);
        AdapterName = adapter;
        Frozen = StockLayers.Adopt(frozen);
        Base = Frozen is AdapterLayer inner ? inner.Base : (WeightLayer)Frozen;
        if (kinds?.Contains(Base.Kind) == false)
        {
            throw new PeftException(RuleIds.KindNotAdaptable, RuleTexts.LayerNotAdaptable(name, adapter, LayerKinds.InWords(Base.Kind)));
        }

        register_module(BaseLayerName, Frozen);
    }

    /// <inheritdoc/>
    public string AdapterName { get; }

    bool IKeepsType.KeepsType => true;

    /// <inheritdoc/>
    public bool Active { get; set; } = true;

    /// <summary>Whether the part is merged into the base weight. The forward pass then does not add it again.</summary>
    public bool Merged { get; set; }

    /// <summary>The wrapped layer: the base layer, or another adapter that wraps it.</summary>
    public nn.Module<Tensor, Tensor> Frozen { get; private set; }

    /// <summary>The layer of the base model, which is innermost.</summary>
    public WeightLayer Base { get; }

    /// <summary>The tensors that are saved with this part although they are not trained.</summary>
    /// <param name="path">The checkpoint name of the layer.</param>
    internal virtual IEnumerable<FrozenTensor> FrozenTensorsAt(string path)
    {
        // The vocabulary can be extended, so the reference library saves the base weight of these layers with the adapter.
        if (IsTarget && VocabularyLayers.IsSavedAlong(LayerPath.LastName(path)))
        {
            yield return new FrozenTensor($"{AdapterKeys.Model}{path}.{BaseLayerName}.{nameof(WeightLayer.weight)}", Base.weight, BelongsToBase: true);
        }
    }

    /// <summary>Whether the layer is a target of the adapter. <see langword="false"/> for layers that are trained in addition, such as modules to save.</summary>
    internal virtual bool IsTarget => true;

    /// <summary>Whether the forward pass applies this part.</summary>
    protected internal bool Applies => Active && !Merged;

    /// <inheritdoc/>
    public abstract IEnumerable<AdapterTensor> TensorsAt(string path);

    /// <inheritdoc/>
    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
        WithoutBaseName(base.named_parameters(recurse));

    /// <inheritdoc/>
    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
    {
        destination ??= [];
        foreach ((string name, Parameter value) in named_parameters())
        {
            destination.TryAdd(string.IsNullOrEmpty(prefix) ? name : $"{prefix}.{name}", value);
        }

        return destination;
    }

    /// <summary>Replaces the wrapped layer, after the adapter that wrapped it was removed from the model.</summary>
    internal void ReplaceBase(nn.Module<Tensor, Tensor> inner)
    {
        Frozen = inner;
        SlotRegistry.Register(this, BaseLayerName, inner);
    }

    /// <summary>Unregisters the wrapped layer, so that disposing this part does not dispose it.</summary>
    internal void Detach() => register_module(BaseLayerName, null!);

    /// <summary>Registers a parameter of this part and replaces a previous one of the same name. It is trained while the adapter is active.</summary>
    private protected Parameter Own(string name, Parameter value)
    {
        if (_internal_params.ContainsKey(name))
        {
            _internal_params.Remove(name);
        }

        register_parameter(name, value);
        return value;
    }

    /// <summary>Registers parameters that a component of this part has created.</summary>
    private protected void Own(IEnumerable<(string Name, Parameter Value)> parameters)
    {
        foreach ((string name, Parameter value) in parameters)
        {
            Own(name, value);
        }
    }

    private static IEnumerable<(string, Parameter)> WithoutBaseName(IEnumerable<(string Name, Parameter Value)> parameters)
    {
        const string Prefix = BaseLayerName + ".";
        return parameters.Select(entry =>
            (entry.Name.StartsWith(Prefix, StringComparison.Ordinal) ? entry.Name[Prefix.Length..] : entry.Name, entry.Value));
    }
}
