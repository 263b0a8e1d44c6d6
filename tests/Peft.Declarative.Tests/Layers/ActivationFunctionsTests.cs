using Peft.Declarative.Layers;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

public sealed class ActivationFunctionsTests
{
    public static TheoryData<Activation> All => [.. Enum.GetValues<Activation>()];

    [Theory]
    [MemberData(nameof(All))]
    public void Gradient_OfEveryActivation_IsTheSlopeOfItsFunction(Activation activation)
    {
        const double Step = 1e-6;
        using DisposeScope scope = NewDisposeScope();
        Func<Tensor, Tensor> function = ActivationFunctions.Of(activation);
        Tensor x = linspace(-4.03, 9, 53, dtype: ScalarType.Float64);   // no point lies on a corner
        Tensor slope = (function(x + Step) - function(x - Step)) / (2 * Step);
        Tensor input = x.clone().requires_grad_();
        function(input).sum().backward();

        Close.To(slope, input.grad!, 1e-6, "autograd");
        Close.To(slope, ActivationFunctions.Gradient(activation, ones_like(x), x), 1e-6, "gradient");
    }

    [Fact]
    public void Of_Relu6_LimitsFromZeroToSix()
    {
        using DisposeScope scope = NewDisposeScope();
        Close.To(tensor([0f, 0, 0.5f, 3, 6, 6]), ActivationFunctions.Of(Activation.Relu6)(tensor([-7f, -0.5f, 0.5f, 3, 6.5f, 9])), 0, "relu6");
    }
}
