using Peft.Declarative.Native;
using Peft.Declarative.Training.Optimizers;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Peft.Declarative.Tests.Training.Optimizers;

public sealed class FlatParametersTests
{
    [Fact]
    public void Backward_OfParametersInOneBuffer_AddsToTheirPlaces()
    {
        using DisposeScope scope = NewDisposeScope();
        (string Name, Parameter Value)[] own = [("a", new Parameter(arange(6f).view(2, 3))), ("b", new Parameter(ones(4)))];
        using FlatParameters parameters = FlatParameters.Move(own);
        ParameterRange all = Assert.Single(parameters.Ranges());

        Loss().backward();
        Tensor gradient = all.Of(parameters.Gradients()[0]!);
        Loss().backward();

        Assert.Equal([0, 4, 8, 12, 16, 20, 6, 6, 6, 6], gradient.data<float>());
        Assert.Equal(gradient.data<float>(), all.Of(parameters.Gradients()[0]!).data<float>());
        Assert.Equal([0, 1, 2, 3, 4, 5, 1, 1, 1, 1], parameters.Values(all).data<float>());

        Tensor Loss() => own[0].Value.pow(2).sum() + (own[1].Value * 3).sum();
    }

    [Fact]
    public void Backward_OfAModuleOfTorchSharp_ReachesTheBuffer()
    {
        using DisposeScope scope = NewDisposeScope();
        using TorchSharp.Modules.Embedding module = nn.Embedding(3, 2);
        using FlatParameters parameters = FlatParameters.Move([("weight", module.weight!)]);

        module.call(tensor(new long[] { 1 })).sum().backward();

        Assert.Equal([0, 0, 1, 1, 0, 0], parameters.Gradients()[0]!.data<float>());
    }

    [Fact]
    public void Ranges_OfSomeParameters_AreThoseThatLieTogether()
    {
        using DisposeScope scope = NewDisposeScope();
        using FlatParameters parameters = FlatParameters.Move([.. "abcde".Select(name => ($"{name}", new Parameter(ones(2))))]);

        Assert.Equal(
            [new ParameterRange(0, 2, 0, 4), new ParameterRange(3, 1, 6, 2), new ParameterRange(4, 1, 8, 2)],
            parameters.Ranges([.. "ab-de".Select(name => name == '-' ? null : ones(2))], steps: [1, 1, 1, 1, 2]));
    }

    [Fact]
    public void Dispose_OfTheBuffer_LeavesParametersTheirValuesInMemoryOfTheirOwn()
    {
        using DisposeScope scope = NewDisposeScope();
        var a = new Parameter(zeros(2));
        var b = new Parameter(ones(2), requires_grad: false);
        FlatParameters parameters = FlatParameters.Move([("a", a), ("b", b)]);
        using (no_grad())
        {
            parameters.Values(parameters.Ranges().Single()).add_(1);
        }

        Assert.Equal(RawTensor.FirstElement(a) + (2 * sizeof(float)), RawTensor.FirstElement(b));
        parameters.Dispose();

        Assert.NotEqual(RawTensor.FirstElement(a) + (2 * sizeof(float)), RawTensor.FirstElement(b));
        Assert.Equal([1, 1, 2, 2], cat([a.detach(), b.detach()]).data<float>());
        Assert.True(a is { is_leaf: true, requires_grad: true } && !b.requires_grad);
    }

    [Fact]
    public void Move_OfParametersOfTwoTypes_LeavesEachWhereItIs()
    {
        using DisposeScope scope = NewDisposeScope();
        var a = new Parameter(ones(2));
        IntPtr before = RawTensor.FirstElement(a);
        using FlatParameters parameters = FlatParameters.Move([("a", a), ("b", new Parameter(ones(2, dtype: ScalarType.Float64)))]);

        Assert.Equal(2, parameters.Ranges().Count());
        Assert.Equal(before, RawTensor.FirstElement(a));
    }

    [Fact]
    public void Gradients_ThatAreNotRowByRow_BecomeSo()
    {
        using DisposeScope scope = NewDisposeScope();
        var a = new Parameter(ones(2, 3));
        FlatParameters parameters = FlatParameters.Over([("a", a)]);
        a.grad = arange(6f).view(3, 2).t();

        Tensor gradient = parameters.Ranges().Single().Of(parameters.Gradients()[0]!);

        Assert.Equal([0, 2, 4, 1, 3, 5], gradient.data<float>());
        Assert.True(a.grad.is_contiguous());
    }
}
