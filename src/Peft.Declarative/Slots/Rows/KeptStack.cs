using System.Numerics;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Rows;

/// <summary>
/// Stacked tensors of parts at a layer from one routing to the next. If one row has joined or left, only the place of its part is copied: the other places are
/// the same, because a row that leaves is replaced by the last one.
/// </summary>
internal sealed class KeptStack : IDisposable
{
    private AdapterLayer[] _parts = [];    // of each place
    private Tensor[] _places = [];         // [capacity, …]
    private Tensor[] _used = [];           // [parts, …]

    /// <summary>The stacked tensors of parts.</summary>
    /// <param name="parts">The parts, in the order of their places.</param>
    /// <param name="stack">Stacks the tensors of some parts, each [parts, …].</param>
    internal Tensor[] Of(IReadOnlyList<AdapterLayer> parts, Func<IReadOnlyList<AdapterLayer>, Tensor[]> stack)
    {
        int[] changed = [.. Enumerable.Range(0, parts.Count).Where(i => i >= _parts.Length || !ReferenceEquals(_parts[i], parts[i]))];
        if (changed.Length == 0 && _parts.Length == parts.Count)
        {
            return _used;
        }

        using DisposeScope scope = NewDisposeScope();
        if (2 * changed.Length > parts.Count)
        {
            Dispose();
            _places = Kept(stack(parts));
        }
        else
        {
            Reserve(parts.Count);
            foreach (int i in changed)
            {
                Tensor[] own = stack([parts[i]]);
                for (int k = 0; k < own.Length; k++)
                {
                    _places[k].narrow(0, i, 1).copy_(own[k]);
                }
            }
        }

        Array.ForEach(_used, tensor => tensor.Dispose());
        _used = Kept([.. _places.Select(places => places.narrow(0, 0, parts.Count))]);
        _parts = [.. parts];
        return _used;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach([.. _places, .. _used], tensor => tensor.Dispose());
        (_parts, _places, _used) = ([], [], []);
    }

    // Rows join one by one, so that the places are doubled instead of copied for each.
    private void Reserve(int count)
    {
        if (_places[0].size(0) >= count)
        {
            return;
        }

        Tensor[] larger = Kept([.. _places.Select(places => places.new_empty([(long)BitOperations.RoundUpToPowerOf2((uint)count), .. places.shape[1..]]))]);
        for (int k = 0; k < larger.Length; k++)
        {
            larger[k].narrow(0, 0, _parts.Length).copy_(_used[k]);
            _places[k].Dispose();
        }

        _places = larger;
    }

    private static Tensor[] Kept(Tensor[] tensors) => [.. tensors.Select(tensor => tensor.DetachFromDisposeScope())];
}
