using Peft.Declarative.Native;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// The rows of a head stored by feature: [features, tile] for each tile of rows, one after another, so that whatever their number a tile's features are side by side.
/// </summary>
/// <param name="features">The features of a stored row, zeros after those of the head.</param>
/// <param name="tile">The rows of a tile, a multiple of 8. The last one is filled up with zeros.</param>
internal readonly unsafe struct ByFeature(int features, int tile)
{
    private const int Side = SquareTile.Side;

    /// <summary>The numbers that rows need, in full tiles.</summary>
    internal long Size(int rows) => (long)((rows + tile - 1) / tile) * tile * features;

    /// <summary>Stores rows times a factor.</summary>
    internal void Put(HeadRows rows, float factor, float* target)
    {
        if (rows.Width < features || rows.Count % tile != 0)
        {
            new Span<float>(target, checked((int)Size(rows.Count))).Clear();
        }

        int i = 0;
        for (; i + Side <= rows.Count; i += Side)
        {
            int d = 0;
            for (; d + Side <= rows.Width; d += Side)
            {
                SquareTile.Transpose(rows.At(i) + d, rows.Step, target + Place(i, d), tile, factor);
            }

            PutOneByOne(rows, i, i + Side, d, factor, target);
        }

        PutOneByOne(rows, i, rows.Count, 0, factor, target);
    }

    /// <summary>Writes what is stored, times a factor, to rows.</summary>
    internal void Take(float* source, float factor, HeadRows rows)
    {
        int i = 0;
        for (; i + Side <= rows.Count; i += Side)
        {
            int d = 0;
            for (; d + Side <= rows.Width; d += Side)
            {
                SquareTile.Transpose(source + Place(i, d), tile, rows.At(i) + d, rows.Step, factor);
            }

            TakeOneByOne(source, i, i + Side, d, factor, rows);
        }

        TakeOneByOne(source, i, rows.Count, 0, factor, rows);
    }

    private void PutOneByOne(HeadRows rows, int from, int to, int feature, float factor, float* target)
    {
        for (int i = from; i < to; i++)
        {
            for (int d = feature; d < rows.Width; d++)
            {
                target[Place(i, d)] = factor * rows.At(i)[d];
            }
        }
    }

    private void TakeOneByOne(float* source, int from, int to, int feature, float factor, HeadRows rows)
    {
        for (int i = from; i < to; i++)
        {
            for (int d = feature; d < rows.Width; d++)
            {
                rows.At(i)[d] = factor * source[Place(i, d)];
            }
        }
    }

    private long Place(int row, int feature) => ((long)(row / tile) * tile * features) + (feature * tile) + (row % tile);
}
