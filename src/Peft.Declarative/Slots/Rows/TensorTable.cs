using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Rows;

/// <summary>
/// The memory of tensors of one shape that come and go: rows of a few blocks. Hundreds of adapters with a block of memory for each tensor would leave gaps, and
/// need a header for each. A block doubles the rows up to a limit, and no row moves, so that nothing is copied when the table grows.
/// </summary>
/// <param name="like">A tensor of the shape, element type and device.</param>
internal sealed class TensorTable(Tensor like)
{
    private const int FirstRows = 8;
    private const int MostRows = 256;

    private readonly long[] _shape = like.shape;
    private readonly ScalarType _type = like.dtype;
    private readonly Device _device = like.device;
    private readonly List<Tensor> _blocks = [];
    private readonly Stack<int> _free = [];    // rows that no tensor uses
    private int _rows;

    /// <summary>What tables differ in.</summary>
    internal static string KeyOf(Tensor tensor) => FormattableString.Invariant($"{string.Join('x', tensor.shape)} {tensor.dtype} {tensor.device}");

    /// <summary>Moves the values of a tensor into a row, which is the tensor's memory from now on.</summary>
    /// <returns>The index of the row. <see cref="Free"/> gives it back once the tensor is no longer used.</returns>
    internal int Take(Tensor tensor)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        if (_free.Count == 0)
        {
            Grow();
        }

        int index = _free.Pop();
        Tensor row = Row(index);
        row.copy_(tensor);
        TensorHandle.MoveInto(row, tensor);
        return index;
    }

    /// <summary>Gives a row back. If it was the last one, the memory of all rows is freed.</summary>
    internal void Free(int row)
    {
        _free.Push(row);
        if (_free.Count == _rows)
        {
            _blocks.ForEach(block => block.Dispose());
            _blocks.Clear();
            _free.Clear();
            _rows = 0;
        }
    }

    private Tensor Row(int index)
    {
        int block = 0;
        for (; index >= _blocks[block].size(0); block++)
        {
            index -= (int)_blocks[block].size(0);
        }

        return _blocks[block].select(0, index);
    }

    // Memory that was not written to takes no room on the host.
    private void Grow()
    {
        int rows = Math.Min(MostRows, FirstRows << Math.Max(0, _blocks.Count - 1));
        _blocks.Add(empty([rows, .. _shape], dtype: _type, device: _device).DetachFromDisposeScope());
        for (int i = rows - 1; i >= 0; i--)
        {
            _free.Push(_rows + i);
        }

        _rows += rows;
    }
}
