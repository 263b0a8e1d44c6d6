using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Native;

public sealed class OperatorsTests
{
    [Fact]
    public void RmsNorm_WhileGarbageIsCollected_KeepsItsNumbers()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2, 8);
        Tensor weight = ones(8);
        Tensor expected = Operators.RmsNorm(x, weight, 3.0);
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            for (int i = 0; i < 3000; i++)
            {
                using Tensor actual = Operators.RmsNorm(x, weight, 3.0);
                Assert.True(actual.allclose(expected), $"call {i}");
            }
        }
        finally
        {
            stop.Cancel();
            collector.Join();
        }
    }

    [Fact]
    public void Mish_OfNumbers_IsItsFormulaAndHasItsGradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = linspace(-4, 4, 9, dtype: ScalarType.Float64).requires_grad_();
        Tensor same = x.detach().clone().requires_grad_();

        Tensor actual = Operators.Mish(x);
        Tensor expected = same * same.exp().log1p().tanh();
        actual.sum().backward();
        expected.sum().backward();

        Assert.True(actual.allclose(expected));
        Assert.True(x.grad!.allclose(same.grad!));
    }
}
