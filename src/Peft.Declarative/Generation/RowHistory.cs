using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>Tensors with one entry per row that outlive a step.</summary>
internal static class RowHistory
{
    /// <summary>Rows with room up to a length, filled with a value behind what they hold.</summary>
    internal static Tensor Grown(Tensor rows, int limit, long fill)
    {
        Tensor grown = full([rows.size(0), limit], fill, dtype: ScalarType.Int64, device: rows.device);
        grown.narrow(1, 0, rows.size(1)).copy_(rows);
        return grown;
    }

    /// <summary>Puts rows in a new order; each comes from the old row of this index.</summary>
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
