using Peft.Declarative.Text.Errors;
using Peft.Declarative.Layers;
using Peft.Declarative.Targeting;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>
/// A layer of the base model with an adapter's part around it. Several stand around each other, the first declared innermost. The base
/// keeps its checkpoint names: <c>q_proj.weight</c> stays <c>q_proj.weight</c>, however many layers stand around it.
/// </summary>
public abstract class AdapterLayer : nn.Module<Tensor, Tensor>, IAdapterPart
{
    /// <summary>Name under which the layer inside is registered; it does not appear in the model's state.</summary>
    internal const string BaseLayerName = "base_layer";

    /// <summary>Stands around a layer.</summary>
    /// <param name="name">Class name, for TorchSharp.</param>
    /// <param name="frozen">The layer, or another adapter around it. TorchSharp's own Linear, Embedding and LayerNorm are taken over.</param>
    /// <param name="adapter">Name of the adapter this part belongs to.</param>
    /// <exception cref="PeftException">PEFT108: the layer is of a type that cannot hold an adapter.</exception>
    protected AdapterLayer(string name, nn.Module<Tensor, Tensor> frozen, string adapter)
        : this(name, frozen, adapter, kinds: null)
    {
    }

    /// <param name="name">Class name, for TorchSharp.</param>
    /// <param name="frozen">The layer, or another adapter around it.</param>
    /// <param name="adapter">Name of the adapter this part belongs to.</param>
    /// <param name="kinds">Kinds of layer that this part can stand around; null for all.</param>
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

    /// <inheritdoc/>
    public bool Active { get; set; } = true;

    /// <summary>Whether the part is in the base weight now, and so not added again in the forward pass.</summary>
    public bool Merged { get; set; }

    /// <summary>The next layer inside: the base layer, or another adapter around it.</summary>
    public nn.Module<Tensor, Tensor> Frozen { get; private set; }

    /// <summary>The layer of the base model, innermost.</summary>
    public WeightLayer Base { get; }

    /// <summary>What is saved with this part although it is not trained.</summary>
    /// <param name="path">Checkpoint name of the layer.</param>
    internal virtual IEnumerable<FrozenTensor> FrozenTensorsAt(string path)
    {
        if (IsTarget && VocabularyLayers.IsSavedAlong(LayerPath.LastName(path)))
        {
            yield return new FrozenTensor($"{AdapterKeys.Model}{path}.{BaseLayerName}.{nameof(WeightLayer.weight)}", Base.weight, BelongsToBase: true);
        }
    }

    /// <summary>Whether the layer is one of the adapter's targets, and not trained along in another way.</summary>
    internal virtual bool IsTarget => true;

    /// <summary>Whether the forward pass adds this part.</summary>
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

    // Everything is registered by name where it is set; TorchSharp would register the fields once more, under their own names.
    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
    }

    /// <summary>Takes the next adapter inside out of the way, when that one leaves the model.</summary>
    internal void StandAround(nn.Module<Tensor, Tensor> inner)
    {
        Frozen = inner;
        SlotRegistry.Register(this, BaseLayerName, inner);
    }

    /// <summary>Gives up the layer inside, which outlives this part.</summary>
    internal void LetGo() => register_module(BaseLayerName, null!);

    /// <summary>Registers a tensor of this part, in the place of an earlier one of its name; it is trained until the adapter is put to rest.</summary>
    private protected Parameter Own(string name, Parameter value)
    {
        if (_internal_params.ContainsKey(name))
        {
            _internal_params.Remove(name);
        }

        register_parameter(name, value);
        return value;
    }

    /// <summary>Registers tensors that a piece of this part has made.</summary>
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
