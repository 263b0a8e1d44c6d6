using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>
/// A trained float32 copy of one parameter of the base. While the adapter is active the copy is the layer's parameter, which costs nothing in
/// the forward pass; otherwise the base has its own again (the reference library trains the base's own and cannot give it back).
/// </summary>
internal abstract class ParameterOverride : IMergeable, IDisposable
{
    private bool _active;
    private bool _merged;

    /// <param name="layer">The layer of the base model.</param>
    /// <param name="original">Its own parameter.</param>
    /// <param name="adapter">Name of the adapter.</param>
    private protected ParameterOverride(WeightLayer layer, Parameter original, string adapter)
    {
        Layer = layer;
        Trained = WeightLayer.TrainableCopy(original);
        AdapterName = adapter;
        Active = true;
    }

    public string AdapterName { get; }

    /// <summary>What a layer has one of, for messages.</summary>
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

    /// <summary>The base's own parameter.</summary>
    private protected abstract Parameter Original { get; }

    private protected Parameter Trained { get; }

    public abstract IEnumerable<AdapterTensor> TensorsAt(string path);

    public virtual Tensor MergeWeight(Tensor weight) => weight;

    public virtual Tensor? MergeBias(Tensor? bias) => bias;

    /// <summary>Frees the copy.</summary>
    public void Dispose() => Trained.Dispose();

    /// <summary>What the layer shows now.</summary>
    private protected abstract Parameter? Shown { get; set; }

    /// <summary>What others merged before stays beside what was learnt here; alone, the result is the trained copy to the bit.</summary>
    private protected Tensor Replaced(Tensor value) => value - Original + Trained;

    private void Show()
    {
        if (_active && !_merged)
        {
            Shown = Trained;
        }
        else if (ReferenceEquals(Shown, Trained))   // another adapter's may stand there by now
        {
            Shown = null;
        }
    }
}
