using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>Operations on tensors with one entry per row that outlive a step.</summary>
internal static class RowHistory
{
    /// <summary>Creates rows with room up to a length, filled with a value after their content.</summary>
    internal static Tensor Grown(Tensor rows, int limit, long fill)
    {
        Tensor grown = full([rows.size(0), limit], Scalars.Of(fill), dtype: ScalarType.Int64, device: rows.device);
        grown.narrow(1, 0, rows.size(1)).copy_(rows);
        return grown;
    }

    /// <summary>Reorders rows: each one is a copy of the old row with its index.</summary>
    internal static void Reorder(ref Tensor? store, Tensor order)
    {
        if (store is null)
        {
            return;
        }

        Tensor selected = store.index_select(0, order).DetachFromDisposeScope();
        store.Dispose();
        store = selected;
    }
}
