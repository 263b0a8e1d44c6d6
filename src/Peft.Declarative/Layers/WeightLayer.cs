using Peft.Declarative.Quantization;
using Peft.Declarative.Text.Errors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Peft.Declarative.Layers;

/// <summary>
/// A layer of the base model with a weight and an optional bias. Adapters wrap these layers. The weight can have a smaller element type than the
/// computation and can be a read-only view of a checkpoint file, so it is replaced as a whole and never written to.
/// </summary>
public abstract class WeightLayer : ExplicitLayer, IKeepsType
{
    private Parameter? _weight;
    private Parameter? _weightOverride;
    private Parameter? _bias;
    private Parameter? _biasOverride;
    private MergedWeights? _merged;
    private QuantizedStore? _quantized;

    /// <summary>Creates a layer from its parameters.</summary>
    /// <param name="name">The class name, for TorchSharp.</param>
    /// <param name="kind">The kind of layer.</param>
    /// <param name="weight">The weight; <see langword="null"/> if the layer uses the weight of another layer, as a tied head does.</param>
    /// <param name="bias">The bias [out], or <see langword="null"/>.</param>
    protected WeightLayer(string name, LayerKind kind, Parameter? weight, Parameter? bias)
        : base(name)
    {
        Kind = kind;
        SetParameter(ref _weight, nameof(weight), weight);
        SetParameter(ref _bias, nameof(bias), bias);
    }

    /// <summary>Whether the layer is an adapter's copy of a layer of the base.</summary>
    internal bool IsTrainedCopy { get; set; }

    bool IKeepsType.KeepsType => IsTrainedCopy;

    /// <inheritdoc/>
    internal override IEnumerable<Tensor> OtherTensors =>
    [
        .. new Tensor?[] { _weightOverride, _biasOverride, _quantized?.Weight.Scales.Values, _quantized?.Weight.Scales.Nested }.OfType<Tensor>(),
        .. _quantized is null ? [] : new[] { _quantized.Weight.Packed },
    ];

    /// <inheritdoc/>
    protected override void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
    {
        // The weight that an adapter provides is registered under its name; the base's own is not.
        Tensor?[] own = [_weight, _bias, .. _merged?.BaseParameters ?? []];
        MovedModules.Move(this, own, [], OtherTensors, dtype, device);
    }

    /// <summary>The kind of layer, which determines which adapters it supports.</summary>
    public LayerKind Kind { get; }

    /// <summary>The width of the output: the number of rows of a weight [out, in].</summary>
    public abstract long Output { get; }

    /// <summary>The width of the input; 1 for a norm, and the number of rows for an embedding.</summary>
    public abstract long Input { get; }

    /// <summary>
    /// The weight, in the layout and type of the checkpoint. For a layer in 4 or 8 bits, this is the codes, such as uint8 [weights / 2, 1]. The setter does
    /// not dispose the previous weight, except a placeholder.
    /// </summary>
    public virtual Parameter weight
    {
        get => _weightOverride ?? _weight!;
        set => Replace(ref _weight, nameof(weight), value);
    }

    /// <summary>
    /// The bias [out]; <see langword="null"/> for a layer without a bias. The setter does not dispose the previous bias, except a placeholder.
    /// </summary>
    public Parameter? bias
    {
        get => _biasOverride ?? _bias;
        set => Replace(ref _bias, nameof(bias), value);
    }

    /// <summary>The weight of the base model, even if an adapter overrides it.</summary>
    internal virtual Parameter BaseWeight => _weight!;

    /// <summary>The weight of the base model, for a method that trains some of its elements.</summary>
    /// <param name="method">The name of the method, for messages.</param>
    /// <exception cref="PeftException">PEFT303: the weight is in 4 or 8 bits.</exception>
    internal Parameter WeightToTrain(string method) => Quantized is null
        ? BaseWeight
        : throw new PeftException(RuleIds.Incompatible, RuleTexts.TrainsFourBits(method, Quantized.Weight.Settings.Bits));

    /// <summary>
    /// The weight in 4 or 8 bits; <see langword="null"/> if the current weight is dense. While a dense weight overrides it, for example after a
    /// merge, this is <see langword="null"/> as well.
    /// </summary>
    internal QuantizedStore? Quantized => _quantized is { } store && _weightOverride is null && ReferenceEquals(store.Weight.Packed, _weight) ? store : null;

    /// <summary>The element type of the weight; for a quantized layer, the type before quantization.</summary>
    internal ScalarType WeightType => Quantized?.Weight.SourceType ?? weight.dtype;

    /// <summary>The size of a dimension of the weight, dense or quantized.</summary>
    internal long WeightSize(int dimension) => Quantized is { } store ? store.Size(dimension) : weight.size(dimension);

    /// <summary>The bias of the base model, even if an adapter overrides it.</summary>
    internal Parameter? BaseBias => _bias;

    /// <summary>Whether products with the frozen weight may be computed in bfloat16, where the processor is faster with it.</summary>
    internal bool MultipliesInBFloat16 { get; set; }

    /// <summary>Whether this layer has its own weight; <see langword="false"/> if it uses the weight of another layer.</summary>
    internal bool OwnsWeight => _weight is not null;

    /// <summary>The adapters that are merged into this layer.</summary>
    internal MergedWeights Merged => _merged ??= new MergedWeights(this);

    /// <summary>Creates a layer of the same kind with trainable float32 copies of the parameters.</summary>
    internal abstract WeightLayer Copy();

    /// <summary>The weight with the layout [out, in]. A quantized weight is dequantized into a new tensor in the caller's dispose scope.</summary>
    internal Tensor OutputRows() => ToWeightLayout(DenseWeight());

    /// <summary>The weight in its own layout. A quantized weight is dequantized to float32, into a new tensor in the caller's dispose scope.</summary>
    internal Tensor DenseWeight() => Quantized is { } store ? store.Dense(ScalarType.Float32) : weight;

    /// <summary>Replaces the weight by one in 4 or 8 bits. The previous weight is not disposed.</summary>
    /// <param name="store">The codes and scales.</param>
    /// <param name="dequantizer">The dequantizer of the model.</param>
    /// <param name="original">The weight before rounding, if it is kept; the layer disposes it.</param>
    /// <param name="isMapped">Whether the original is a view of a file.</param>
    internal void StoreQuantized(QuantizedTensor store, Dequantizer dequantizer, Parameter? original = null, bool isMapped = false)
    {
        _quantized = new QuantizedStore(store, dequantizer, LayerIsTransposed: Kind == LayerKind.Conv1D) { Original = original, OriginalIsMapped = isMapped };
        weight = store.Packed;
    }

    /// <summary>
    /// Replaces the codes by others that were chosen together with the factors of an adapter. The previous codes are disposed, and the original as well, unless
    /// it needs no memory.
    /// </summary>
    internal void StoreFitted(QuantizedTensor store)
    {
        QuantizedStore former = _quantized!;
        _quantized = former with { Weight = store, IsFitted = true, Original = former.OriginalIsMapped ? former.Original : null };
        weight = store.Packed;
        former.Weight.Dispose();
        if (!former.OriginalIsMapped)
        {
            former.Original?.Dispose();
        }
    }

    /// <summary>Multiplies an input with the weight of a layer that multiplies. A quantized weight is dequantized block by block, and not kept.</summary>
    /// <param name="input">The input […, in].</param>
    /// <param name="added">The bias that is added; <see langword="null"/> for none.</param>
    internal Tensor Product(Tensor input, Tensor? added) => Quantized is { } store
        ? QuantizedProduct.Linear(input, store, added, MultipliesInBFloat16)
        : FrozenProduct.Linear(input, ToWeightLayout(weight), added, MultipliesInBFloat16);

    /// <summary>A trainable float32 copy of the weight.</summary>
    private protected Parameter TrainableWeight()
    {
        using DisposeScope scope = NewDisposeScope();
        return TrainableCopy(DenseWeight());
    }

    /// <summary>Converts a delta [out, in] to the layout of this layer's weight.</summary>
    internal virtual Tensor ToWeightLayout(Tensor delta) => delta;

    /// <summary>Overrides the weight of the base model; <see langword="null"/> removes the override.</summary>
    internal void OverrideWeight(Parameter? value) => Override(ref _weightOverride, ref _weight, nameof(weight), value);

    /// <summary>Overrides the bias of the base model; <see langword="null"/> removes the override.</summary>
    internal void OverrideBias(Parameter? value) => Override(ref _biasOverride, ref _bias, nameof(bias), value);

    /// <summary>Removes this layer's own weight, so that a tied head uses the weight of its embedding again.</summary>
    internal void DropOwnWeight() => Replace(ref _weight, nameof(weight), null);

    /// <summary>Creates a parameter on the meta device, without memory; a checkpoint or an initialization replaces it.</summary>
    internal static Parameter Placeholder(params long[] shape)
    {
        var parameter = new Parameter(empty(shape, device: META), requires_grad: false);
        return (Parameter)parameter.DetachFromDisposeScope();
    }

    /// <summary>A trainable float32 copy of a parameter, on the same device.</summary>
    internal static Parameter TrainableCopy(Tensor source)
    {
        using IDisposable frozen = no_grad();
        var copy = new Parameter(source.detach().to(ScalarType.Float32, copy: true));
        return (Parameter)copy.DetachFromDisposeScope();
    }

    /// <summary>Creates a trainable parameter from a new tensor. The parameter belongs to no dispose scope.</summary>
    internal static Parameter Trainable(Tensor start)
    {
        var parameter = new Parameter(start);
        return (Parameter)parameter.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _quantized?.Dispose();
        }
    }

    private void Override(ref Parameter? overriding, ref Parameter? own, string name, Parameter? value)
    {
        Parameter? original = own;
        SetParameter(ref overriding, name, value);
        if (value is null)
        {
            SetParameter(ref own, name, original);
        }
    }

    private void Replace(ref Parameter? field, string name, Parameter? value)
    {
        Parameter? former = field;
        SetParameter(ref field, name, value);
        if (former is { IsInvalid: false } && former.device_type == DeviceType.META && !ReferenceEquals(former, value))
        {
            former.Dispose();
        }
    }

    private void SetParameter(ref Parameter? field, string name, Parameter? value)
    {
        if (field is { IsInvalid: false, device_type: TorchSharp.DeviceType.META } placeholder && !ReferenceEquals(placeholder, value))
        {
            placeholder.Dispose();   // nothing else refers to a placeholder
        }

        field = value;
        if (_internal_params.ContainsKey(name))
        {
            _internal_params.Remove(name);
        }

        if (value is not null)
        {
            register_parameter(name, value);
        }
    }
}
