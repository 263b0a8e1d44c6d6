using System.Runtime.Intrinsics.X86;
using Peft.Declarative.Native;
using Peft.Declarative.Native.Panels;
using Peft.Declarative.Tests.Fixtures;
using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Native.Panels;

/// <summary>The kernel is tested also where vectors of 512 bits are made of smaller ones, in which case the library does not use it.</summary>
public sealed class PanelProductTests : IDisposable
{
    private readonly int _threads = get_num_threads();

    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 },
        { 5, 7, 15 },          // less than a tile on each side
        { 6, 192, 64 },        // one tile, one panel
        { 7, 193, 65 },        // one more of each
        { 12, 31, 63 },
        { 100, 400, 172 },     // three depths
        { 301, 64, 64 },       // one panel, several groups of rows
        { 250, 500, 200 },
    };

    public void Dispose() => set_num_threads(_threads);

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void Multiply_OfAnyShapeAndStrides_IsTheProduct(int rows, int inner, int columns)
    {
        Skip.IfNot(Avx2.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(1).Dispose();
        Tensor wide = randn(rows, inner + 3);
        Tensor left = wide.narrow(1, 2, inner);   // rows that are further apart than they are long

        foreach (ScalarType type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            foreach (Tensor right in new[] { randn(inner, columns).to(type), randn(columns, inner).to(type).t(), randn(inner, columns + 5).to(type).narrow(1, 1, columns) })
            {
                Tensor before = randn(rows, columns);
                Tensor product = left.to(ScalarType.Float64).mm(right.to(ScalarType.Float64));

                AssertClose(product, Multiplied(left, right, empty(rows, columns).fill_(float.NaN), adds: false), inner);
                AssertClose(product + before, Multiplied(left, right, before.clone(), adds: true), inner);
            }
        }
    }

    [SkippableFact]
    public void Multiply_IntoColumnsOfALargerTensor_LeavesTheOthers()
    {
        Skip.IfNot(Avx2.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(1).Dispose();
        (Tensor left, Tensor right, Tensor all) = (randn(20, 200), randn(200, 70), ones(20, 100));

        Multiplied(left, right, all.narrow(1, 10, 70), adds: false);

        AssertClose(left.to(ScalarType.Float64).mm(right.to(ScalarType.Float64)), all.narrow(1, 10, 70), 200);
        Assert.True(all.narrow(1, 0, 10).eq(1).all().item<bool>());
        Assert.True(all.narrow(1, 80, 20).eq(1).all().item<bool>());
    }

    [SkippableFact]
    public void Multiply_OfNotANumber_ReachesItsRowAndColumnOnly()
    {
        Skip.IfNot(Avx2.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        (Tensor left, Tensor right) = (ones(10, 70), ones(70, 80));
        left[3, 69] = float.NaN;
        right[5, 79] = float.PositiveInfinity;

        Tensor product = Multiplied(left, right, empty(10, 80), adds: false);

        Assert.Equal(80, product.isnan().sum().item<long>());
        Assert.True(product[3].isnan().all().item<bool>());
        Assert.Equal(9, product.select(1, 79).isposinf().sum().item<long>());
        Assert.Equal(70, product[0, 0].item<float>());
    }

    [SkippableTheory]
    [InlineData(301, 64, 64)]
    [InlineData(64, 256, 1000)]
    public void Multiply_OnOneThreadAndOnThree_GivesTheSameBits(int rows, int inner, int columns)
    {
        Skip.IfNot(Avx2.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(1).Dispose();
        (Tensor left, Tensor right) = (randn(rows, inner), randn(inner, columns));

        set_num_threads(1);
        Tensor one = Multiplied(left, right, empty(rows, columns), adds: false);
        set_num_threads(3);
        Tensor three = Multiplied(left, right, empty(rows, columns), adds: false);

        Close.Bits(one, three, "product");
    }

    private static unsafe Tensor Multiplied(Tensor left, Tensor right, Tensor result, bool adds)
    {
        if (right.dtype == ScalarType.Float32)
        {
            PanelProduct.Multiply(Matrix<float>(left), new DenseSource<float>(Matrix<float>(right)), Matrix<float>(result), adds);
        }
        else
        {
            PanelProduct.Multiply(Matrix<float>(left), new DenseSource<ushort>(Matrix<ushort>(right)), Matrix<float>(result), adds);
        }

        return result;
    }

    private static unsafe HostMatrix<T> Matrix<T>(Tensor tensor)
        where T : unmanaged => new((T*)RawTensor.FirstElement(tensor), tensor.size(0), tensor.size(1), tensor.stride(0), tensor.stride(1));

    // Sums of so many products of numbers around one, rounded to float32 one by one.
    private static void AssertClose(Tensor expected, Tensor actual, int inner) =>
        Assert.InRange((expected - actual).abs().max().item<double>(), 0, 1e-6 * (1 + inner));
}
