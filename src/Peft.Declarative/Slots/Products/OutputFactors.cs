using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Products;

/// <summary>
/// Trained factors on the outputs of a layer: <c>m ∘ (W x + b)</c>, or with norms <c>m / n ∘ W x + b</c>.
/// </summary>
/// <remarks>The gradient of <c>m</c> needs what they scale, which is the scaled output divided by <c>m</c>: nothing is saved but what the next layer reads.</remarks>
/// <param name="factors"><c>m</c>, out elements, float32.</param>
/// <param name="norms">The norms <c>n</c> [out], which are constants in the backward pass; null for none.</param>
internal sealed class OutputFactors(Tensor factors, Tensor? norms)
{
    // A factor of zero would make the gradient, for which the output is divided by it, 0 / 0.
    private const double LeastFactor = 1e-20;

    private int _argument;
    private int _factors;
    private int _ratio;
    private int _scaled;

    /// <summary>Whether they are trained.</summary>
    internal bool IsTrained => factors.requires_grad;

    /// <summary>Whether a bias of the layer is added to the scaled output, and not to what is scaled.</summary>
    internal bool BiasIsLast => norms is not null;

    /// <summary>Adds the factors to the arguments of the function.</summary>
    internal void AddTo(List<object> arguments)
    {
        _argument = arguments.Count;
        arguments.Add(factors);
    }

    /// <summary>Scales an output in place.</summary>
    /// <param name="operand">The layer.</param>
    /// <param name="output">Its output […, out], without its bias if that comes last; it is added then.</param>
    /// <param name="saved">Receives what the backward pass needs.</param>
    internal void Scale(FrozenOperand operand, Tensor output, SavedTensors saved)
    {
        Tensor safe = Operators.AwayFromZero(factors, LeastFactor);
        Tensor ratio = norms is null ? safe : safe / norms;
        output.mul_(ratio.view(-1));
        _factors = saved.AddNew(safe);
        _ratio = norms is null ? _factors : saved.AddNew(ratio);
        bool addsBias = BiasIsLast && operand.HasBias;
        _scaled = saved.AddNew(KeptActivations.AreNarrow ? KeptActivations.Of(output) : addsBias ? output.clone() : output.detach());
        if (addsBias)
        {
            operand.AddBias(output);
        }
    }

    /// <summary>Computes the gradient of the factors, and returns that of what they scale [rows, out].</summary>
    /// <param name="gradient">The gradient of the output [rows, out].</param>
    /// <param name="saved">The tensors from <see cref="Scale"/>.</param>
    /// <param name="result">Receives the gradients of the arguments.</param>
    internal Tensor Backward(Tensor gradient, List<Tensor> saved, List<Tensor> result)
    {
        Tensor factor = saved[_factors];
        result[_argument] = gradient.mul(KeptActivations.Wide(saved[_scaled]).view_as(gradient)).sum(dim: 0).view_as(factor).div_(factor);
        return gradient.mul(saved[_ratio].view(-1));
    }
}
