using System.Runtime.Intrinsics;
using Peft.Declarative.Methods.Lora.Combination;
using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>
/// Low-rank updates of rows of one position, each of its own adapter, as when many texts are generated at once. The time is that of reading the factors, so they are
/// read where each adapter has them; libtorch would need them stacked, and multiplies single rows slowly.
/// </summary>
internal sealed unsafe class LoraRows
{
    private const int Width = 8;    // elements of a vector

    private readonly (int Row, ILowRank Update)[] _places;
    private readonly int _rank;

    private LoraRows(IReadOnlyList<ILowRank> updates, IReadOnlyList<IReadOnlyList<int>> rows)
    {
        _places = [.. rows.SelectMany((own, update) => own.Select(row => (row, updates[update])))];
        _rank = (int)updates[0].A.size(0);
    }

    /// <summary>Prepares the rows of updates of one rank; <see langword="null"/> if the factors are not all in float32 and host memory.</summary>
    /// <param name="updates">The updates. Their factors stay on their device as long as the result is used.</param>
    /// <param name="rows">The rows of each.</param>
    internal static LoraRows? Of(IReadOnlyList<ILowRank> updates, IReadOnlyList<IReadOnlyList<int>> rows) =>
        updates.All(update => IsPlain(update.A) && IsPlain(update.B) && (update.Bias is not { } bias || IsPlain(bias))) ? new LoraRows(updates, rows) : null;

    /// <summary>Adds <c>s · B (A x)</c>, and a bias if there is one, to rows in place, if they have one position, in float32 and host memory.</summary>
    /// <param name="input">The inputs [batch, 1, in].</param>
    /// <param name="output">The outputs [batch, 1, out].</param>
    /// <returns>Whether they have.</returns>
    internal bool TryAdd(Tensor input, Tensor output)
    {
        (long width, long outputs) = (input.size(-1), output.size(-1));
        if (input.numel() != input.size(0) * width || !IsPlain(input) || !IsPlain(output))
        {
            return false;
        }

        var x = (float*)RawTensor.Address(input);
        var y = (float*)RawTensor.Address(output);
        BlockRange.RunBlocks(_places.Length, _places.Length * _rank * (width + outputs), (from, to) =>
        {
            for (long i = from; i < to; i++)
            {
                (int row, ILowRank update) = _places[i];
                Add(update, x + (row * width), width, y + (row * outputs), outputs);
            }
        });
        return true;
    }

    private void Add(ILowRank update, float* x, long width, float* y, long outputs)
    {
        var scaling = (float)update.Scaling;
        float* inner = stackalloc float[_rank];
        DotProduct.OfRows((float*)RawTensor.FirstElement(update.A), _rank, x, width, inner, 1);
        for (int k = 0; k < _rank; k++)
        {
            inner[k] *= scaling;
        }

        AddProduct((float*)RawTensor.FirstElement(update.B), inner, _rank, y, outputs);
        if (update.Bias is { } bias)
        {
            var values = (float*)RawTensor.FirstElement(bias);
            for (long i = 0; i < outputs; i++)
            {
                y[i] += scaling * values[i];
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

    private static bool IsPlain(Tensor tensor) => tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU && tensor.is_contiguous();
}
