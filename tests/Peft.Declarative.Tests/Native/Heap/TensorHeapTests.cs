using System.Runtime.InteropServices;
using Peft.Declarative.Native;
using Peft.Declarative.Native.Heap;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Native.Heap;

/// <summary>Large tensors of libtorch in a heap of ours: the same numbers, and every block comes back.</summary>
public sealed unsafe class TensorHeapTests
{
    private const int Side = 300;   // a float32 matrix is a little larger than the smallest block

    [SkippableFact]
    public void Tensor_OfEachSize_LiesWhereItShould()
    {
        RequireHeap();
        using Tensor large = empty(TensorHeap.Smallest / sizeof(float), device: CPU);
        using Tensor small = empty((TensorHeap.Smallest / sizeof(float)) - 1, device: CPU);

        Assert.True(TensorHeap.Holds(RawTensor.Address(large)));
        Assert.False(TensorHeap.Holds(RawTensor.Address(small)));
    }

    [SkippableFact]
    public void Gradients_InTheHeap_AreThoseOfTheCLibrary()
    {
        RequireHeap();
        byte[] ours = Gradients();
        TensorHeap.IsUsed = false;
        try
        {
            Assert.Equal(Gradients(), ours);
        }
        finally
        {
            TensorHeap.IsUsed = true;
        }
    }

    [SkippableFact]
    public void Tensor_FreedWhileTheHeapIsUnused_GoesBackToIt()
    {
        RequireHeap();
        Tensor tensor = empty(Side, Side, device: CPU);
        void* block = RawTensor.Address(tensor);
        TensorHeap.IsUsed = false;
        tensor.Dispose();
        TensorHeap.IsUsed = true;

        using Tensor next = empty(Side, Side, device: CPU);
        Assert.True(RawTensor.Address(next) == block);
    }

    [SkippableFact]
    public void Steps_ByTheHundred_TakeNoMoreThanTheFirst()
    {
        RequireHeap();
        Gradients();
        long first = TensorHeap.MostTaken;
        for (int i = 0; i < 300; i++)
        {
            Gradients();
        }

        Assert.Equal(first, TensorHeap.MostTaken);
    }

    [SkippableFact]
    public void Tensors_OfSeveralThreads_KeepTheirNumbers()
    {
        RequireHeap();
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
        {
            var random = new Random(thread);
            for (int i = 0; i < 100; i++)
            {
                using Tensor one = full([random.Next(Side, 2 * Side), Side], thread, dtype: ScalarType.Float32, device: CPU);
                using Tensor other = full([random.Next(Side, 2 * Side), Side], -thread, dtype: ScalarType.Float32, device: CPU);
                Assert.False(new Span<float>(RawTensor.Address(one), (int)one.numel()).ContainsAnyExcept(thread));
                Assert.False(new Span<float>(RawTensor.Address(other), (int)other.numel()).ContainsAnyExcept(-thread));
            }
        });
    }

    [SkippableFact]
    public void Tensor_LargerThanAllMemory_IsAnException()
    {
        RequireHeap();
        ExternalException error = Assert.ThrowsAny<ExternalException>(() => empty(1L << 52, device: CPU));

        Assert.Contains("allocate memory", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void ReturnFreedMemory_WithTensors_KeepsTheirNumbers()
    {
        RequireHeap();
        using Tensor kept = full([Side, Side], 3, dtype: ScalarType.Float32, device: CPU);
        Gradients();

        HeapSettings.ReturnFreedMemory();

        Assert.False(new Span<float>(RawTensor.Address(kept), Side * Side).ContainsAnyExcept(3f));
    }

    // The user's own settings, and libraries that cannot be changed, leave libtorch as it is.
    private static void RequireHeap() => Skip.IfNot(TensorHeap.IsInstalled, "libtorch has its own memory here.");

    private static byte[] Gradients()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = random.manual_seed(3);
        Tensor x = randn(Side, Side).requires_grad_(true);
        Tensor w = randn(Side, Side).requires_grad_(true);
        Tensor y = x;
        for (int i = 0; i < 4; i++)
        {
            y = nn.functional.silu(y.mm(w).div_(17)).add(x);
        }

        y.softmax(-1).mul(y).sum().backward();
        return [.. x.grad!.bytes, .. w.grad!.bytes];
    }
}
