using System.Runtime.CompilerServices;
using Peft.Declarative.Layers;

namespace Peft.Declarative.BaseModels;

/// <summary>The rows of a head one after another in scratch memory, filled up to whole tiles with zeros.</summary>
/// <typeparam name="TLanes">The vector's operations.</typeparam>
/// <typeparam name="TVector">The vector.</typeparam>
internal static unsafe class TileRows<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>A number of rows or features, filled up to whole tiles.</summary>
    internal static int Full(int count) => (count + TileProduct<TLanes, TVector>.Columns - 1) / TileProduct<TLanes, TVector>.Columns * TileProduct<TLanes, TVector>.Columns;

    /// <summary>Copies rows times a factor.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="factor">The factor.</param>
    /// <param name="target">Receives <paramref name="count"/> rows of <paramref name="width"/> features, with zeros after the given ones.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="width">The number of features.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Copy(HeadRows rows, float factor, float* target, int count, int width)
    {
        for (int i = 0; i < rows.Count; i++, target += width)
        {
            Put(rows.At(i), factor, 0, target, rows.Width);
            new Span<float>(target + rows.Width, width - rows.Width).Clear();
        }

        new Span<float>(target, (count - rows.Count) * width).Clear();
    }

    /// <summary>Writes a row times a factor, plus a share of what is there.</summary>
    /// <param name="row">The row.</param>
    /// <param name="factor">Its factor.</param>
    /// <param name="share">The share; with 0 what is there may be anything.</param>
    /// <param name="target">Receives the sum.</param>
    /// <param name="width">The number of features.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Put(float* row, float factor, float share, float* target, int width)
    {
        int d = 0;
        for (; d + TLanes.Count <= width; d += TLanes.Count)
        {
            TVector rest = share == 0 ? default : TLanes.Multiply(TLanes.Of(share), TLanes.Load(target + d));
            TLanes.Store(TLanes.MultiplyAdd(TLanes.Of(factor), TLanes.Load(row + d), rest), target + d);
        }

        for (; d < width; d++)
        {
            target[d] = (factor * row[d]) + (share == 0 ? 0 : share * target[d]);
        }
    }
}
