using Peft.Declarative.Layers;
using Peft.Declarative.Native;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Attention over heads of any width, for blocks of queries: their scores with a block of keys are small products in registers, and stay in the first caches until
/// the values are summed up. Blocks above the diagonal are not computed. Exponents are of 2.
/// </summary>
/// <typeparam name="TLanes">The vector's operations.</typeparam>
/// <typeparam name="TVector">The vector.</typeparam>
internal readonly unsafe struct WideHead<TLanes, TVector> : IAttentionHead<WideHead<TLanes, TVector>>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    // The queries of a block. With 512 keys their scores take 32 KiB.
    private const int Block = 16;

    private readonly KeyBlock _block;
    private readonly AttentionScores _scores;
    private readonly int _count;               // of keys, in full tiles
    private readonly int _width;               // likewise
    private readonly float* _keysByFeature;
    private readonly float* _values;           // [keys, width]
    private readonly float* _keys;
    private readonly float* _valuesByFeature;
    private readonly float* _keyGradients;
    private readonly float* _valueGradients;
    private readonly float* _weights;          // [queries, keys]
    private readonly float* _changes;
    private readonly float* _queries;          // [queries, width]
    private readonly float* _received;
    private readonly float* _sums;

    private WideHead(float* scratch, in KeyBlock block, AttentionScores scores)
    {
        (_block, _scores) = (block, scores);
        (_count, _width) = (TileRows<TLanes, TVector>.Full(block.Keys.Count), TileRows<TLanes, TVector>.Full(block.Keys.Width));
        int size = _count * _width;
        _keysByFeature = scratch;
        _values = _keysByFeature + size;
        _keys = _values + size;
        _valuesByFeature = _keys + size;
        _keyGradients = _valuesByFeature + size;
        _valueGradients = _keyGradients + size;
        _weights = _valueGradients + size;
        _changes = _weights + (Block * _count);
        _queries = _changes + (Block * _count);
        _received = _queries + (Block * _width);
        _sums = _received + (Block * _width);
        var byFeature = new ByFeature(_width, Tile);
        byFeature.Put(block.Keys, 1, _keysByFeature);
        TileRows<TLanes, TVector>.Copy(block.Values, 1, _values, _count, _width);
        if (block.HasGradients)
        {
            byFeature.Put(block.Values, 1, _valuesByFeature);
            TileRows<TLanes, TVector>.Copy(block.Keys, 1, _keys, _count, _width);
            new Span<float>(_keyGradients, 2 * size).Clear();
        }
    }

    // The backward pass over heads of 64 features then stays in a second cache of 1 MB, whatever the length of the text.
    public static int MostKeys => 512;

    private static int Tile => TileProduct<TLanes, TVector>.Columns;

    public static long Scratch(int keys, int width)
    {
        (long count, long features) = (TileRows<TLanes, TVector>.Full(keys), TileRows<TLanes, TVector>.Full(width));
        return (6 * count * features) + (Block * ((2 * count) + (3 * features)));
    }

    public static WideHead<TLanes, TVector> Create(float* scratch, in KeyBlock keys, AttentionScores scores) => new(scratch, keys, scores);

    public void Forward(HeadRows queries, HeadRows outputs, float* logSums)
    {
        float* logs = stackalloc float[Block];
        float* totals = stackalloc float[Block];
        for (int first = FirstQuery; first < queries.Count; first += Block)
        {
            HeadRows block = queries.Part(first, Block);
            int seen = Score(block, first);
            for (int r = 0; r < block.Count; r++)
            {
                (logs[r], totals[r]) = RowSoftmax<TLanes, TVector>.Weights(_weights + (r * _count), Seen(first + r), seen);
            }

            TileProduct<TLanes, TVector>.Multiply(Scores(_weights, Block, seen), RowTiles(_values, seen), Rows(_sums, Block), adds: false);
            for (int r = 0; r < block.Count; r++)
            {
                Put(_sums + (r * _width), logs[r], totals[r], outputs.At(first + r), ref logSums[first + r]);
            }
        }
    }

    public void Backward(HeadRows queries, HeadRows outputs, float* logSums, HeadRows received, HeadRows gradients)
    {
        float share = _block.First == 0 ? 0 : 1;
        for (int first = FirstQuery; first < queries.Count; first += Block)
        {
            HeadRows block = queries.Part(first, Block);
            int seen = Score(block, first);
            TileRows<TLanes, TVector>.Copy(received.Part(first, Block), 1, _received, Block, _width);
            TileProduct<TLanes, TVector>.Multiply(Rows(_received, Block), FeatureTiles(_valuesByFeature), Scores(_changes, Block, seen), adds: false);
            for (int r = 0; r < block.Count; r++)
            {
                float mean = DotProduct.Of(_received + (r * _width), outputs.At(first + r), outputs.Width);
                RowSoftmax<TLanes, TVector>.Gradients(_weights + (r * _count), _changes + (r * _count), logSums[first + r], mean, Seen(first + r), seen);
            }

            TileProduct<TLanes, TVector>.Multiply(Scores(_changes, Block, seen), RowTiles(_keys, seen), Rows(_sums, Block), adds: false);
            TileProduct<TLanes, TVector>.Multiply(Scores(_weights, block.Count, seen).Transposed, RowTiles(_received, block.Count), Rows(_valueGradients, seen), adds: true);
            TileProduct<TLanes, TVector>.Multiply(Scores(_changes, block.Count, seen).Transposed, RowTiles(_queries, block.Count), Rows(_keyGradients, seen), adds: true);
            for (int r = 0; r < block.Count; r++)
            {
                TileRows<TLanes, TVector>.Put(_sums + (r * _width), _scores.Scale, share, gradients.At(first + r), gradients.Width);
            }
        }
    }

    public void PutGradients(HeadRows keys, HeadRows values)
    {
        for (int i = 0; i < keys.Count; i++)
        {
            TileRows<TLanes, TVector>.Put(_keyGradients + (i * _width), AttentionScores.LogOf2, 0, keys.At(i), keys.Width);   // the queries have the scale
            TileRows<TLanes, TVector>.Put(_valueGradients + (i * _width), 1, 0, values.At(i), values.Width);
        }
    }

    // Those before it see none of these keys.
    private int FirstQuery => _scores.Causal ? _block.First : 0;

    private int Seen(int query) => _scores.Causal ? Math.Min(query + 1 - _block.First, _block.Keys.Count) : _block.Keys.Count;

    // Of all keys that the last query sees. Returns their number, in full tiles.
    private int Score(HeadRows queries, int first)
    {
        int seen = TileRows<TLanes, TVector>.Full(Seen(first + queries.Count - 1));
        TileRows<TLanes, TVector>.Copy(queries, _scores.ScaleOfTwo, _queries, Block, _width);
        TileProduct<TLanes, TVector>.Multiply(Rows(_queries, Block), FeatureTiles(_keysByFeature), Scores(_weights, Block, seen), adds: false);
        return seen;
    }

    // Of the outputs, each block has the share that it has of the exponentials.
    private void Put(float* sums, float logSum, float total, float* output, ref float logSums)
    {
        float before = _block.First == 0 ? float.NegativeInfinity : logSums;
        float greater = MathF.Max(before, logSum);
        float all = greater + MathF.Log2(float.Exp2(before - greater) + float.Exp2(logSum - greater));
        TileRows<TLanes, TVector>.Put(sums, float.Exp2(logSum - all) / total, float.Exp2(before - all), output, _block.Values.Width);
        logSums = all;
    }

    private HostMatrix<float> Scores(float* scores, int queries, int seen) => new(scores, queries, seen, _count, 1);

    private HostMatrix<float> Rows(float* rows, int count) => new(rows, count, _width, _width, 1);

    // As right matrices, by tiles: rows [count, width], and what is stored by feature, [width, keys].
    private HostMatrix<float> RowTiles(float* rows, int count) => new(rows, count, _width / Tile, _width, Tile);

    private HostMatrix<float> FeatureTiles(float* byFeature) => new(byFeature, _width, _count / Tile, Tile, Tile * _width);
}
