using Peft.Declarative.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Linear = Peft.Declarative.Layers.Linear;

namespace Peft.Declarative.Tests.Layers;

public sealed class WeightLayerTests
{
    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void Linear_WithHalfStoredWeight_ComputesInFloat32(ScalarType stored)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor weight = randn(6, 4).to(stored);
        Tensor bias = randn(6).to(stored);
        using var layer = new Linear(4, 6, hasBias: true);
        layer.weight = new Parameter(weight.clone(), requires_grad: false);
        layer.bias = new Parameter(bias.clone(), requires_grad: false);
        Tensor x = randn(2, 3, 4).requires_grad_(true);

        Tensor y = layer.call(x);
        y.square().sum().backward();
        Tensor gradient = x.grad!.clone();
        x.grad!.zero_();
        Tensor expected = nn.functional.linear(x, weight.to(ScalarType.Float32), bias.to(ScalarType.Float32));
        expected.square().sum().backward();

        Assert.Equal(ScalarType.Float32, y.dtype);
        Assert.True(y.allclose(expected));
        Assert.True(gradient.allclose(x.grad!));
    }

    [Fact]
    public void Linear_WithHalfStoredWeight_LeavesNoTensorsBehind()
    {
        using var layer = new Linear(4, 6, hasBias: false);
        layer.weight = new Parameter(randn(6, 4).to(ScalarType.BFloat16), requires_grad: false);
        using Tensor x = randn(2, 3, 4).requires_grad_(true);
        void Step()
        {
            using DisposeScope scope = NewDisposeScope();
            layer.call(x).sum().backward();
        }

        Step();
        long before = LiveTensors.CountAfterCollection();
        for (int i = 0; i < 50; i++)
        {
            Step();
        }

        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    [Fact]
    public void TiedHead_AfterTheEmbeddingsWeightIsReplaced_ReadsTheNewOne()
    {
        using DisposeScope scope = NewDisposeScope();
        using var embedding = new Peft.Declarative.Layers.Embedding(5, 3);
        using var head = new TiedHead(embedding);

        embedding.weight = new Parameter(randn(5, 3), requires_grad: false);

        Assert.Same(embedding.weight, head.weight);
        Assert.Empty(head.parameters());
    }
}
