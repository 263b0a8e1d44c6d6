using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Products;

/// <summary>Trained factors on the inputs of a layer, <c>l ∘ x</c>.</summary>
/// <remarks>The scaled input exists only during the product. The gradient of <c>l</c> needs <c>x</c>, which is saved.</remarks>
/// <param name="factors"><c>l</c>, in elements, float32.</param>
internal sealed class InputFactors(Tensor factors)
{
    private int _argument;
    private int _factors;
    private SavedInput? _input;

    /// <summary>Whether they are trained.</summary>
    internal bool IsTrained => factors.requires_grad;

    /// <summary>Adds the factors to the arguments of the function.</summary>
    internal void AddTo(List<object> arguments)
    {
        _argument = arguments.Count;
        arguments.Add(factors);
    }

    /// <summary>Computes the scaled input […, in].</summary>
    /// <param name="input">The input […, in].</param>
    /// <param name="saved">Receives what the backward pass needs.</param>
    internal Tensor Scale(Tensor input, SavedTensors saved)
    {
        Tensor copy = factors.clone();
        _factors = saved.AddNew(copy);
        _input = saved.AddInput(input);
        return input.mul(copy.view(-1));
    }

    /// <summary>Computes the gradient of the factors, and makes that of <c>l ∘ x</c> that of <c>x</c> in place.</summary>
    /// <param name="gradient">The gradient of the scaled input [rows, in].</param>
    /// <param name="saved">The tensors from <see cref="Scale"/>.</param>
    /// <param name="result">Receives the gradients of the arguments.</param>
    internal Tensor Backward(Tensor gradient, List<Tensor> saved, List<Tensor> result)
    {
        Tensor copy = saved[_factors];
        result[_argument] = gradient.mul(_input!.From(saved).view_as(gradient)).sum(dim: 0).view_as(copy);
        return gradient.mul_(copy.view(-1));
    }
}
