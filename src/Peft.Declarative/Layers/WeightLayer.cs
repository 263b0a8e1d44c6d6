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
    private Parameter? _standInWeight;
    private Parameter? _bias;
    private Parameter? _standInBias;
    private MergedWeights? _merged;

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

    /// <summary>The weight, in the checkpoint's own layout and type. Setting it leaves the former one to its owner.</summary>
    public virtual Parameter weight
    {
        get => _standInWeight ?? _weight!;
        set => SetParameter(ref _weight, nameof(weight), value);
    }

    /// <summary>The bias [out] that is added, or null for a layer without one. Setting it leaves the former one to its owner.</summary>
    public Parameter? bias
    {
        get => _standInBias ?? _bias;
        set => SetParameter(ref _bias, nameof(bias), value);
    }

    /// <summary>The base's own weight, whatever stands in for it.</summary>
    internal virtual Parameter BaseWeight => _weight!;

    /// <summary>The base's own bias, whatever stands in for it.</summary>
    internal Parameter? BaseBias => _bias;

    /// <summary>Whether this layer has a weight of its own, or reads another layer's.</summary>
    internal bool OwnsWeight => _weight is not null;

    /// <summary>What has been merged into this layer.</summary>
    internal MergedWeights Merged => _merged ??= new MergedWeights(this);

    /// <summary>A layer of the same kind with float32 copies of the parameters, for training them in full.</summary>
    internal abstract WeightLayer Copy();

    /// <summary>The weight as [out, in], whatever its own layout.</summary>
    internal Tensor OutputRows() => ToWeightLayout(weight);

    /// <summary>Turns a delta [out, in] into the layout of this layer's weight.</summary>
    internal virtual Tensor ToWeightLayout(Tensor delta) => delta;

    /// <summary>Shows another weight in the place of the base's own; null shows that one again.</summary>
    internal void StandInWeight(Parameter? value) => StandIn(ref _standInWeight, ref _weight, nameof(weight), value);

    /// <summary>Shows another bias in the place of the base's own; null shows that one again.</summary>
    internal void StandInBias(Parameter? value) => StandIn(ref _standInBias, ref _bias, nameof(bias), value);

    /// <summary>Forgets this layer's own weight, so that a tied one shows again.</summary>
    internal void DropOwnWeight() => SetParameter(ref _weight, nameof(weight), null);

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

    // Everything is registered by name where it is set; TorchSharp would register the fields once more, under their own names.
    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
    }

    private void StandIn(ref Parameter? place, ref Parameter? own, string name, Parameter? value)
    {
        Parameter? shown = own;
        SetParameter(ref place, name, value);
        if (value is null)
        {
            SetParameter(ref own, name, shown);
        }
    }

    private void SetParameter(ref Parameter? field, string name, Parameter? value)
    {
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
