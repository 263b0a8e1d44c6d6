using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.SparseMask;

/// <summary>
/// A linear layer with a few trained weights: <c>values</c> [n] replace the base's weights at <c>indices</c> [n], flat positions in the
/// weight's own layout, ascending. The dense weight is created for each product and then freed.
/// </summary>
public class SparseLinear : AdapterLayer, IMergeable
{
    private const string ValuesName = "mask_values";

    private Parameter _values;
    private Tensor _indices;
    private Tensor? _probe;
    private bool _chosen;

    /// <summary>Creates an adapter layer around a linear layer, without selected weights.</summary>
    /// <param name="frozen">The layer, or the layer of another adapter around it.</param>
    /// <param name="adapter">The name of the adapter.</param>
    public SparseLinear(nn.Module<Tensor, Tensor> frozen, string adapter)
        : base(nameof(SparseLinear), frozen, adapter, LayerKinds.Linear)
    {
        (_values, _indices) = (null!, null!);
        Device device = Base.WeightToTrain("SparseMask").device;
        Show(zeros(0, device: device), zeros(0, dtype: ScalarType.Int64, device: device));
    }

    /// <summary>Creates an adapter layer around a linear layer that trains the weights with the largest magnitude.</summary>
    /// <param name="frozen">The layer, or the layer of another adapter around it.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="density">The fraction of the weights that is trained.</param>
    public SparseLinear(nn.Module<Tensor, Tensor> frozen, string adapter, double density)
        : this(frozen, adapter)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = Base.BaseWeight.detach().reshape(-1);
        Choose(weight.to(ScalarType.Float32).abs().topk((int)(density * weight.numel())).indexes);
    }

    WeightLayer? IMergeable.MergeTarget => Base;

    internal override IEnumerable<Tensor> OtherTensors => _probe is null ? [_indices] : [_indices, _probe];

    /// <summary>The number of trained weights.</summary>
    internal int Count => (int)_indices.numel();

    /// <summary>The flat positions of the trained weights [n], ascending.</summary>
    internal Tensor Indices => _indices;

    /// <summary>Whether the trained weights are already selected.</summary>
    internal bool IsChosen => _chosen;

    internal override bool Replaces(bool alone) => _probe is not null || (alone && Count > 0);

    internal override Tensor? Replace(Tensor input, bool alone)
    {
        if (_probe is { } probe)
        {
            return FrozenProduct.Linear(input, Base.ToWeightLayout(probe), Base.bias);
        }

        if (!Replaces(alone))
        {
            return null;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor y = SparseProduct.Linear(input, _values, _indices, Base.BaseWeight, Layout(overWeight: true));
        return (Base.bias is { } bias ? y.add(bias.to(y.dtype), Scalars.One) : y).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected internal override Tensor AdaptOutput(Tensor input, Tensor output)
    {
        if (Count == 0)
        {
            return output;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor change = SparseProduct.Linear(input, _values - Originals(), _indices, Base.BaseWeight, Layout(overWeight: false));
        return (output.add(change, Scalars.One)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) =>
        _chosen && Count == 0 ? [] : [new AdapterTensor($"{AdapterKeys.Model}{path}.{ValuesName}", _values)];

    internal override IEnumerable<FrozenTensor> FrozenTensorsAt(string path) =>
        Count == 0 ? [] : [new FrozenTensor($"{AdapterKeys.Model}{path}.mask_indices", _indices, BelongsToBase: false) { Check = Misplaced }];

    Tensor IWeightChange.MergeWeight(Tensor weight)
    {
        Tensor merged = weight.clone();
        Tensor entries = merged.view(-1);
        entries.index_copy_(0, _indices, (entries.index_select(0, _indices) - Originals()).add(_values, Scalars.One));
        return merged;
    }

    Tensor? IWeightChange.MergeBias(Tensor? bias) => bias;

    /// <summary>Gets the layers of an adapter, with their paths.</summary>
    internal static IEnumerable<(string Path, SparseLinear Part)> Of(Adapter adapter) =>
        adapter.Parts.Where(entry => entry.Part is SparseLinear).Select(entry => (entry.Path, (SparseLinear)entry.Part));

    /// <summary>Selects the weights at flat positions, with their current values.</summary>
    internal void Choose(Tensor indices)
    {
        using IDisposable untracked = no_grad();
        Tensor ascending = indices.sort().Values.clone();
        var (values, former) = (_values, _indices);
        Show(Base.BaseWeight.detach().reshape(-1).index_select(0, ascending).to(ScalarType.Float32), ascending);
        _chosen = true;
        values.Dispose();
        former.Dispose();
    }

    /// <summary>Creates an adapter layer around a linear layer, with entries that are filled from a file.</summary>
    /// <exception cref="PeftException">PEFT702: the layer has fewer weights.</exception>
    internal static SparseLinear WithRoom(nn.Module<Tensor, Tensor> frozen, string adapter, int count)
    {
        var layer = new SparseLinear(frozen, adapter);
        var (values, indices) = (layer._values, layer._indices);
        try
        {
            layer.Resize(count);
        }
        catch
        {
            layer.Detach();
            layer.Dispose();
            throw;
        }

        values.Dispose();
        indices.Dispose();
        return layer;
    }

    /// <summary>Changes the number of entries to that of a file. Their values are not initialized.</summary>
    /// <returns>An action that restores the previous entries.</returns>
    /// <exception cref="PeftException">PEFT702: the layer has fewer weights.</exception>
    internal Action Resize(int count)
    {
        if (count < 0 || count > Base.BaseWeight.numel())
        {
            throw new PeftException(RuleIds.AdapterDoesNotFit,
                $"The adapter's file has a mask of {count} entries for a layer of {Base.BaseWeight.numel()} weights. Load it on the base model on which it was trained.");
        }

        var (values, indices, chosen) = (_values, _indices, _chosen);
        Show(zeros(count, device: indices.device), zeros(count, dtype: ScalarType.Int64, device: indices.device));
        _chosen = true;
        var (made, places) = (_values, _indices);
        return () =>
        {
            made.Dispose();
            places.Dispose();
            _values = Own(ValuesName, values);
            (_indices, _chosen) = (indices, chosen);
        };
    }

    /// <summary>Makes all weights of the layer receive gradients, until <see cref="EndProbe"/>.</summary>
    internal Tensor BeginProbe() => _probe = Base.BaseWeight.detach().requires_grad_(true).DetachFromDisposeScope();

    internal void EndProbe()
    {
        _probe?.Dispose();
        _probe = null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _indices.Dispose();   // not a child of the module, which would convert it like a weight
        }
    }

    // A position out of range would be read and written outside of the weight on some devices.
    private string? Misplaced(Tensor indices)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] positions = indices.to(ScalarType.Int64).cpu().data<long>().ToArray();
        bool ascending = positions.Zip(positions.Skip(1)).All(pair => pair.First < pair.Second);
        return ascending && positions[0] >= 0 && positions[^1] < Base.BaseWeight.numel()
            ? null
            : $"has positions that are not ascending, or not within the layer's {Base.BaseWeight.numel()} weights";
    }

    private SparseLayout Layout(bool overWeight) => new(Transposed: Base.Kind == LayerKind.Conv1D, overWeight);

    private Tensor Originals() => Base.BaseWeight.detach().reshape(-1).index_select(0, _indices).to(_values.dtype);

    // The previous tensors are not freed here, because an undo can restore them.
    private void Show(Tensor values, Tensor indices)
    {
        _values = Own(ValuesName, (Parameter)new Parameter(values, requires_grad: Active).DetachFromDisposeScope());
        _indices = indices.DetachFromDisposeScope();
    }
}
