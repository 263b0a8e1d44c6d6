using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>
/// A trained float32 copy of one parameter of the base. While the adapter is active, the copy is the layer's parameter, without cost in the forward
/// pass. Otherwise the layer has the base's parameter. (The reference library trains the base's parameter itself and cannot restore it.)
/// </summary>
internal abstract class ParameterOverride : IMergeable, IDisposable
{
    private bool _active;
    private bool _merged;

    /// <param name="layer">The layer of the base model.</param>
    /// <param name="original">The base's parameter.</param>
    /// <param name="adapter">The name of the adapter.</param>
    private protected ParameterOverride(WeightLayer layer, Parameter original, string adapter)
    {
        Layer = layer;
        Trained = WeightLayer.TrainableCopy(original);
        AdapterName = adapter;
        Active = true;
    }

    public string AdapterName { get; }

    /// <summary>The name of the parameter for messages. Only one active adapter can override it.</summary>
    internal abstract string Claim { get; }

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

    public WeightLayer? MergeTarget => Layer;

    private protected WeightLayer Layer { get; }

    /// <summary>The base's parameter.</summary>
    private protected abstract Parameter Original { get; }

    private protected Parameter Trained { get; }

    public abstract IEnumerable<AdapterTensor> TensorsAt(string path);

    public virtual Tensor MergeWeight(Tensor weight) => weight;

    public virtual Tensor? MergeBias(Tensor? bias) => bias;

    /// <summary>Frees the copy.</summary>
    public void Dispose() => Trained.Dispose();

    /// <summary>The current parameter of the layer.</summary>
    private protected abstract Parameter? Shown { get; set; }

    /// <summary>
    /// Computes the merged value. Updates that other adapters merged before are kept; without them, it is bit for bit the trained copy.
    /// </summary>
    private protected Tensor Replaced(Tensor value) => (value - Original).add(Trained, Scalars.One);

    private void Show()
    {
        if (_active && !_merged)
        {
            Shown = Trained;
        }
        else if (ReferenceEquals(Shown, Trained))   // the override of another adapter can be there by now
        {
            Shown = null;
        }
    }
}
