using Peft.Declarative.Text.Errors;
using Peft.Declarative.Quantization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Peft.Declarative.Layers;

/// <summary>
/// A layer of the base model with one weight and perhaps a bias: what adapters sit on. The weight may be stored in a smaller type than
/// it is computed in, and may be a read-only view of a checkpoint file, so it is replaced as a whole and never written to.
/// </summary>
public abstract class WeightLayer : Module<Tensor, Tensor>
{
    private Parameter? _weight;
    private Parameter? _weightOverride;
    private Parameter? _bias;
    private Parameter? _biasOverride;
    private MergedWeights? _merged;
    private QuantizedStore? _quantized;

    /// <summary>Makes a layer around its parameters.</summary>
    /// <param name="name">Class name, for TorchSharp.</param>
    /// <param name="kind">What the layer is.</param>
    /// <param name="weight">The weight; null if a subclass finds it elsewhere (a tied head).</param>
    /// <param name="bias">The bias [out], or null.</param>
    protected WeightLayer(string name, LayerKind kind, Parameter? weight, Parameter? bias)
        : base(name)
    {
        Kind = kind;
        SetParameter(ref _weight, nameof(weight), weight);
        SetParameter(ref _bias, nameof(bias), bias);
    }

    /// <summary>What the layer is, as far as adapters care.</summary>
    public LayerKind Kind { get; }

    /// <summary>Width of the result: rows of a weight [out, in].</summary>
    public abstract long Output { get; }

    /// <summary>Width of the input; 1 for a norm, the number of rows for an embedding.</summary>
    public abstract long Input { get; }

    /// <summary>
    /// The weight, in the checkpoint's own layout and type; of a layer in 4 bits the codes, uint8 [half the weights, 1]. Setting it leaves the former
    /// one to its owner, but frees a placeholder, which has none.
    /// </summary>
    public virtual Parameter weight
    {
        get => _weightOverride ?? _weight!;
        set => Replace(ref _weight, nameof(weight), value);
    }

    /// <summary>The bias [out] that is added, or null for a layer without one. Setting it is as setting the weight.</summary>
    public Parameter? bias
    {
        get => _biasOverride ?? _bias;
        set => Replace(ref _bias, nameof(bias), value);
    }

    /// <summary>The base's own weight, whatever stands in for it.</summary>
    internal virtual Parameter BaseWeight => _weight!;

    /// <summary>The base's own weight, for a method that trains entries of it.</summary>
    /// <param name="method">Name of the method, for messages.</param>
    /// <exception cref="PeftException">PEFT303: it is in 4 bits.</exception>
    internal Parameter WeightToTrain(string method) => Quantized is null
        ? BaseWeight
        : throw new PeftException(RuleIds.Incompatible, RuleTexts.TrainsFourBits(method));

    /// <summary>
    /// The weight in 4 bits, while it is so: a weight that stands in for it, such as a merged one, is dense, and taking that away brings this back.
    /// </summary>
    internal QuantizedStore? Quantized => _quantized is { } store && _weightOverride is null && ReferenceEquals(store.Weight.Packed, _weight) ? store : null;

    /// <summary>Type of the weight's elements; of a layer in 4 bits that of the weight that was quantised.</summary>
    internal ScalarType WeightType => Quantized?.Weight.SourceType ?? weight.dtype;

    /// <summary>Sizes of the weight, whatever it is stored in.</summary>
    internal long WeightSize(int dimension) => Quantized is { } store ? store.Weight.Shape[dimension] : weight.size(dimension);

    /// <summary>The base's own bias, whatever stands in for it.</summary>
    internal Parameter? BaseBias => _bias;

    /// <summary>Whether this layer has a weight of its own, or reads another layer's.</summary>
    internal bool OwnsWeight => _weight is not null;

    /// <summary>What has been merged into this layer.</summary>
    internal MergedWeights Merged => _merged ??= new MergedWeights(this);

    /// <summary>A layer of the same kind with float32 copies of the parameters, for training them in full.</summary>
    internal abstract WeightLayer Copy();

    /// <summary>The weight as [out, in], whatever its own layout. In 4 bits it is dequantised: a tensor of its own, for the caller's scope.</summary>
    internal Tensor OutputRows() => ToWeightLayout(DenseWeight());

    /// <summary>The weight as numbers, in its own layout. In 4 bits it is dequantised to float32: a tensor of its own, for the caller's scope.</summary>
    internal Tensor DenseWeight() => Quantized is { } store ? store.Weight.Dequantize(ScalarType.Float32) : weight;

    /// <summary>Takes a weight of 4 bits in the place of the present one, which is left to its owner.</summary>
    internal void StoreQuantized(QuantizedTensor store, Dequantizer dequantizer)
    {
        _quantized = new QuantizedStore(store, dequantizer, Transposed: Kind == LayerKind.Conv1D);
        weight = store.Packed;
    }

    /// <summary>Multiplies an input […, in] with the weight as it is stored, and adds the bias.</summary>
    /// <param name="input">The input.</param>
    /// <param name="rows">The weight as [out, in], which counts unless it is in 4 bits.</param>
    private protected Tensor Product(Tensor input, Tensor rows) => Quantized is { } store
        ? QuantizedProduct.Linear(input, store, bias)
        : FrozenProduct.Linear(input, rows, bias);

    /// <summary>A float32 copy of the weight as numbers, ready to be trained.</summary>
    private protected Parameter TrainableWeight()
    {
        using DisposeScope scope = NewDisposeScope();
        return TrainableCopy(DenseWeight());
    }

    /// <summary>Turns a delta [out, in] into the layout of this layer's weight.</summary>
    internal virtual Tensor ToWeightLayout(Tensor delta) => delta;

    /// <summary>Shows another weight in the place of the base's own; null shows that one again.</summary>
    internal void OverrideWeight(Parameter? value) => ParameterOverride(ref _weightOverride, ref _weight, nameof(weight), value);

    /// <summary>Shows another bias in the place of the base's own; null shows that one again.</summary>
    internal void OverrideBias(Parameter? value) => ParameterOverride(ref _biasOverride, ref _bias, nameof(bias), value);

    /// <summary>Forgets this layer's own weight, so that a tied one shows again.</summary>
    internal void DropOwnWeight() => Replace(ref _weight, nameof(weight), null);

    /// <summary>A parameter that holds no memory yet; a checkpoint or an initialisation fills it.</summary>
    internal static Parameter Placeholder(params long[] shape)
    {
        var parameter = new Parameter(empty(shape, device: META), requires_grad: false);
        return (Parameter)parameter.DetachFromDisposeScope();
    }

    /// <summary>A float32 copy of a parameter on its own device, ready to be trained.</summary>
    internal static Parameter TrainableCopy(Tensor source)
    {
        using IDisposable frozen = no_grad();
        var copy = new Parameter(source.detach().to(ScalarType.Float32, copy: true));
        return (Parameter)copy.DetachFromDisposeScope();
    }

    /// <summary>A parameter that takes a new tensor over and outlives the scopes it was made in.</summary>
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
            _quantized?.Weight.Dispose();
        }
    }

    // Everything is registered by name where it is set; TorchSharp would register the fields once more, under their own names.
    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
    }

    private void ParameterOverride(ref Parameter? place, ref Parameter? own, string name, Parameter? value)
    {
        Parameter? shown = own;
        SetParameter(ref place, name, value);
        if (value is null)
        {
            SetParameter(ref own, name, shown);
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
            placeholder.Dispose();   // nobody else has it
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
