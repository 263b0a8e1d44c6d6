using Peft.Declarative.Native;
using Peft.Declarative.Native.Panels;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>
/// A weight of 4-bit codes as the right matrix of a product: each panel is decoded from the codes, so that no dense weight is written, not even a block of it.
/// </summary>
internal readonly unsafe struct FourBitSource : IPanelSource
{
    private readonly float[] _table;
    private readonly byte* _codes;
    private readonly BlockScales _scales;
    private readonly int _block;
    private readonly long _rows;
    private readonly long _width;
    private readonly bool _turned;

    private FourBitSource(QuantizedTensor weight, bool turned)
    {
        _table = CodeTable.Of(weight.Settings.Type).ValuesIn(ScalarType.Float32);
        _codes = (byte*)RawTensor.Address(weight.Packed);
        _scales = weight.Scales.InHostMemory();
        _block = weight.Settings.BlockSize;
        (_rows, _width) = (weight.Shape[0], weight.Shape[1]);
        _turned = turned;
    }

    public static int Scratch => Panel.Size;

    public long Columns => _turned ? _rows : _width;

    /// <summary>The codes <c>C</c>, or <c>Cᵀ</c>, or null if panels do not begin and end where blocks with one scale do.</summary>
    /// <param name="weight">The codes, in host memory. They must be kept while this is used.</param>
    /// <param name="turned">Whether the matrix is <c>Cᵀ</c>.</param>
    internal static FourBitSource? Of(QuantizedTensor weight, bool turned)
    {
        int block = weight.Settings.BlockSize;
        return weight.Settings.Bits == 4 && weight.Shape[1] % block == 0 && (turned ? Panel.Depth : PanelTile.Columns) % block == 0
            ? new FourBitSource(weight, turned)
            : null;
    }

    public void Put(long row, long column, int depth, int width, float* panel, float* scratch)
    {
        if (!_turned)
        {
            if (width < PanelTile.Columns)
            {
                new Span<float>(panel, depth * PanelTile.Columns).Clear();
            }

            Decode(row, column, depth, width, panel, PanelTile.Columns);
            return;
        }

        Decode(column, row, width, depth, scratch, depth);
        Panel.Put(scratch, 1, depth, depth, width, panel);
    }

    // Rows of whole blocks.
    private void Decode(long row, long column, int rows, int width, float* target, int step)
    {
        for (int i = 0; i < rows; i++)
        {
            long first = ((row + i) * _width) + column;
            for (int j = 0; j < width; j += _block)
            {
                FourBitDecoder.Decode(_table, _scales[(first + j) / _block], _codes + ((first + j) / 2), _block, target + ((long)i * step) + j);
            }
        }
    }
}
