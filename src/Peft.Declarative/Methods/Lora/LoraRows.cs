using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Peft.Declarative.Methods.Lora.Combination;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>
/// Low-rank updates of rows, each of its own adapter. With one position in a row, as when many texts are generated at once, the time is that of reading the factors,
/// so they are read where each adapter has them; libtorch would need them stacked, and multiplies single rows slowly. With more, it would need the rows in the order
/// of the adapters.
/// </summary>
internal sealed unsafe class LoraRows
{
    private const int Width = 8;             // elements of a vector
    private const long ManyPositions = 16;   // of a row: from here on, turning its factor B pays

    private readonly (int Row, ILowRank Update)[] _places;
    private readonly int _rank;
    private readonly long _width;
    private readonly long _outputs;
    private readonly int _last;              // of the rows

    private LoraRows(IReadOnlyList<ILowRank> updates, IReadOnlyList<IReadOnlyList<int>> rows)
    {
        _places = [.. rows.SelectMany((own, update) => own.Select(row => (row, updates[update])))];
        _rank = (int)updates[0].A.size(0);
        _width = updates[0].A.size(1);
        _outputs = updates[0].B.size(0);
        _last = _places.Max(place => place.Row);
    }

    /// <summary>Prepares the rows of updates of one rank; <see langword="null"/> if the factors are not all of one shape, in float32 and host memory.</summary>
    /// <param name="updates">The updates. Their factors stay on their device as long as the result is used.</param>
    /// <param name="rows">The rows of each.</param>
    internal static LoraRows? Of(IReadOnlyList<ILowRank> updates, IReadOnlyList<IReadOnlyList<int>> rows)
    {
        (Tensor a, Tensor b) = (updates[0].A, updates[0].B);
        return b.size(1) == a.size(0) && updates.All(IsAlike) ? new LoraRows(updates, rows) : null;

        bool IsAlike(ILowRank update) => IsPlain(update.A) && TensorSizes.AreSame(update.A, a) && IsPlain(update.B) && TensorSizes.AreSame(update.B, b)
            && (update.Bias is not { } bias || (IsPlain(bias) && bias.numel() == b.size(0)));
    }

    /// <summary>Adds <c>s · B (A x)</c>, and a bias if there is one, to rows in place, if they are in float32 and host memory and have the sizes of the factors.</summary>
    /// <param name="input">The inputs [batch, …, in].</param>
    /// <param name="output">The outputs [batch, …, out].</param>
    /// <returns>Whether they are.</returns>
    internal bool TryAdd(Tensor input, Tensor output)
    {
        if (!Fits(input, output))
        {
            return false;
        }

        (long width, long outputs) = (_width, _outputs);
        long positions = input.numel() / (input.size(0) * width);
        var x = (float*)RawTensor.Address(input);
        var y = (float*)RawTensor.Address(output);
        BlockRange.RunBlocks(_places.Length, _places.Length * positions * _rank * (width + outputs), (from, to) =>
        {
            bool turns = positions >= ManyPositions;
            var scratch = (float*)NativeMemory.AlignedAlloc((nuint)(_rank * (positions + (turns ? outputs : 0))) * sizeof(float), 64);
            try
            {
                for (long i = from; i < to; i++)
                {
                    (int row, ILowRank update) = _places[i];
                    Add(update, x + (row * positions * width), positions, width, scratch, turns ? scratch + (_rank * positions) : null, y + (row * positions * outputs), outputs);
                }
            }
            finally
            {
                NativeMemory.AlignedFree(scratch);
            }
        });
        GC.KeepAlive(input);
        GC.KeepAlive(output);
        return true;
    }

    private void Add(ILowRank update, float* x, long positions, long width, float* inner, float* turned, float* y, long outputs)
    {
        var scaling = (float)update.Scaling;
        RowTile.Multiply(x, positions, (float*)RawTensor.FirstElement(update.A), _rank, width, inner, _rank);
        for (long i = 0; i < _rank * positions; i++)
        {
            inner[i] *= scaling;
        }

        var b = (float*)RawTensor.FirstElement(update.B);
        var bias = update.Bias is { } own ? (float*)RawTensor.FirstElement(own) : null;
        for (long i = 0; turned != null && i < _rank * outputs; i++)
        {
            turned[i] = b[(i % outputs * _rank) + (i / outputs)];
        }

        for (long position = 0; position < positions; position++, inner += _rank, y += outputs)
        {
            if (turned != null)
            {
                AddTurned(turned, inner, _rank, y, outputs);
            }
            else
            {
                AddProduct(b, inner, _rank, y, outputs);
            }

            for (long i = 0; bias != null && i < outputs; i++)
            {
                y[i] += scaling * bias[i];
            }
        }
    }

    // y += u Bᵀ for the long rows of Bᵀ.
    private static void AddTurned(float* turned, float* u, int rank, float* y, long outputs)
    {
        int width = Vector<float>.Count;
        long i = 0;
        for (; i + (2 * width) <= outputs; i += 2 * width)
        {
            (Vector<float> a, Vector<float> b) = (Vector.Load(y + i), Vector.Load(y + i + width));
            for (int k = 0; k < rank; k++)
            {
                var factor = new Vector<float>(u[k]);
                float* row = turned + (k * outputs) + i;
                a = Vector.FusedMultiplyAdd(Vector.Load(row), factor, a);
                b = Vector.FusedMultiplyAdd(Vector.Load(row + width), factor, b);
            }

            a.Store(y + i);
            b.Store(y + i + width);
        }

        for (; i < outputs; i++)
        {
            for (int k = 0; k < rank; k++)
            {
                y[i] += turned[(k * outputs) + i] * u[k];
            }
        }
    }

    // y += B u for short rows of B, four at a time.
    private static void AddProduct(float* b, float* u, int rank, float* y, long outputs)
    {
        int whole = rank - (rank % Width);
        long i = 0;
        for (; i + RowTile.Size <= outputs; i += RowTile.Size, b += RowTile.Size * rank)
        {
            float* second = b + rank, third = second + rank, fourth = third + rank;
            Vector256<float> p = default, q = default, r = default, s = default;
            for (int k = 0; k < whole; k += Width)
            {
                Vector256<float> v = Vector256.Load(u + k);
                p = Vector256.FusedMultiplyAdd(Vector256.Load(b + k), v, p);
                q = Vector256.FusedMultiplyAdd(Vector256.Load(second + k), v, q);
                r = Vector256.FusedMultiplyAdd(Vector256.Load(third + k), v, r);
                s = Vector256.FusedMultiplyAdd(Vector256.Load(fourth + k), v, s);
            }

            Vector128<float> sum = Vector128.Load(y + i) + VectorSums.OfFour(p, q, r, s);
            for (int k = whole; k < rank; k++)
            {
                sum += Vector128.Create(b[k], second[k], third[k], fourth[k]) * Vector128.Create(u[k]);
            }

            sum.Store(y + i);
        }

        for (; i < outputs; i++, b += rank)
        {
            y[i] += DotProduct.Of(u, b, rank);
        }
    }

    // Otherwise libtorch says what is wrong.
    private bool Fits(Tensor input, Tensor output) => IsPlain(input) && IsPlain(output)
        && input.size(-1) == _width && output.size(-1) == _outputs
        && input.size(0) > _last && output.size(0) == input.size(0)
        && input.numel() > 0 && input.numel() / _width == output.numel() / _outputs;

    private static bool IsPlain(Tensor tensor) => tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU && tensor.is_contiguous();
}
