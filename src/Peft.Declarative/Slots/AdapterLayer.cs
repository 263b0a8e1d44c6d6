using Peft.Declarative.Layers;
using Peft.Declarative.Slots.Rows;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>
/// The part of an adapter that wraps a layer of the base model. Several adapters wrap each other; the one declared first is innermost. The base layer
/// keeps its checkpoint name: <c>q_proj.weight</c> remains <c>q_proj.weight</c>, regardless of the number of adapters.
/// </summary>
/// <remarks>
/// A part says what it does to the input and the output of what it wraps, and not when: the base product is computed once for a batch whose rows belong to
/// different adapters, and each part gets its own rows.
/// </remarks>
public abstract partial class AdapterLayer : ExplicitLayer, IAdapterPart, IKeepsType
{
    /// <summary>The name under which the wrapped layer is registered. It does not appear in the model's state.</summary>
    internal const string BaseLayerName = "base_layer";

    private const string BasePrefix = BaseLayerName + ".";

    private readonly AdapterStack _stack;
    private bool _active = true;
    private bool _merged;
    private bool _isInPlace;
    private (TensorTable Table, int Row)[]? _stored;

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
        : base(name, Shared)
    {
        (_internal_params, _internal_buffers, _internal_submodules) = (null!, NoBuffers, NoModules);
        ArgumentNullException.ThrowIfNull(frozen);
        AdapterName = adapter;
        Frozen = StockLayers.Adopt(frozen);
        var inner = Frozen as AdapterLayer;
        Base = inner?.Base ?? (WeightLayer)Frozen;
        _stack = inner?._stack ?? new AdapterStack(Base);
        Depth = inner is null ? 0 : inner.Depth + 1;
        if (kinds?.Contains(Base.Kind) == false)
        {
            throw new PeftException(RuleIds.KindNotAdaptable, RuleTexts.LayerNotAdaptable(name, adapter, LayerKinds.InWords(Base.Kind)));
        }

        _training = Frozen.training;
    }

    /// <inheritdoc/>
    public string AdapterName { get; }

    bool IKeepsType.KeepsType => true;

    /// <inheritdoc/>
    public bool Active
    {
        get => _active;
        set
        {
            _active = value;
            Changed();
        }
    }

    /// <summary>Whether the part is merged into the base weight. The forward pass then does not add it again.</summary>
    public bool Merged
    {
        get => _merged;
        set
        {
            _merged = value;
            Changed();
        }
    }

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

    /// <summary>How far outside the part is among the adapters around its layer.</summary>
    internal int Depth { get; }

    /// <summary>What makes parts of several adapters computable together: equal for parts of one kind and shape. <see langword="null"/> for others.</summary>
    internal virtual object? GroupKey => null;

    /// <summary>Whether <see cref="AdaptInput"/> does anything.</summary>
    internal virtual bool AdaptsInput => false;

    /// <summary>Computes the output of the layer with all adapters that apply to it.</summary>
    /// <param name="input">The input of the layer.</param>
    public sealed override Tensor forward(Tensor input) => _isInPlace ? _stack.Run(this, input) : RunOutside(input);

    // Of a layer that is not part of a model.
    private Tensor RunOutside(Tensor input) =>
        AdapterStack.Through(Applies ? [this] : [], input, Frozen.call, alone: !SlotTree.AdapterLayers(Frozen).Any(inner => inner.Applies), Frozen as WeightLayer);

    /// <summary>Changes the input of the wrapped layer. The default is the same tensor.</summary>
    /// <param name="input">The input […, in], or ids [batch, time] of an embedding; of the rows that belong to the adapter.</param>
    protected internal virtual Tensor AdaptInput(Tensor input) => input;

    /// <summary>Changes the output of the wrapped layer. The default is the same tensor.</summary>
    /// <param name="input">The input of this part, before <see cref="AdaptInput"/>.</param>
    /// <param name="output">The output of the wrapped layer […, out].</param>
    protected internal virtual Tensor AdaptOutput(Tensor input, Tensor output) => output;

    /// <summary>Whether this part replaces what it wraps, instead of changing its input and output.</summary>
    /// <param name="alone">Whether no other part that applies is inside.</param>
    internal virtual bool Replaces(bool alone) => false;

    /// <summary>The output of a part that replaces what it wraps; <see langword="null"/> for others.</summary>
    /// <param name="input">The input of this part.</param>
    /// <param name="alone">Whether no other part that applies is inside.</param>
    internal virtual Tensor? Replace(Tensor input, bool alone) => null;

    /// <summary>Groups parts of equal <see cref="GroupKey"/>, of which this is the first.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="rows">Their rows.</param>
    internal virtual RowGroup Group(IReadOnlyList<AdapterLayer> parts, RowBlock rows) => throw new NotSupportedException(GetType().Name);

    /// <inheritdoc/>
    public abstract IEnumerable<AdapterTensor> TensorsAt(string path);

    /// <summary>Takes part in the forward passes of a model, from now on together with the other adapters around the layer.</summary>
    /// <param name="routing">The routing of the model's rows; <see langword="null"/> for none.</param>
    internal void BeInPlace(RoutingState? routing)
    {
        for (AdapterLayer? part = this; part is { _isInPlace: false }; part = part.Frozen as AdapterLayer)
        {
            part._isInPlace = true;
            _stack.Add(part, routing);
        }
    }

    /// <summary>Whether an adapter of a name is around the same layer, at this part or inside it.</summary>
    internal bool IsAround(string adapter)
    {
        AdapterLayer? part = this;
        while (part is { _isInPlace: false } && part.AdapterName != adapter)
        {
            part = part.Frozen as AdapterLayer;
        }

        return part is not null && (part.AdapterName == adapter || _stack.Of(adapter).Length > 0);
    }

    /// <summary>The rows of a batch without the positions that only rows of other adapters use, for what depends on all positions of a row.</summary>
    /// <param name="rows">A tensor [batch, time, width].</param>
    private protected Tensor WithoutPadding(Tensor rows) => _stack.Routing?.Current?.Of(AdapterName) is { } segment ? segment.WithoutPadding(rows) : rows;

    /// <summary>The task of the rows that are computed now; <see langword="null"/> if they name none.</summary>
    private protected int? Task => _stack.Routing?.Task;

    /// <summary>Moves the tensors into memory that adapters of this layer share, as those that come and go do. Nothing else changes.</summary>
    internal void Store() => _stored ??= _stack.Store(_own.Select(entry => entry.Value).Where(parameter => parameter.numel() > 0));

    /// <summary>Frees that memory, after this part was disposed.</summary>
    internal void FreeStored()
    {
        foreach ((TensorTable table, int row) in _stored ?? [])
        {
            table.Free(row);
        }

        _stored = null;
    }

    private void Changed()
    {
        if (_isInPlace)
        {
            _stack.Update(this);
        }
    }
}
