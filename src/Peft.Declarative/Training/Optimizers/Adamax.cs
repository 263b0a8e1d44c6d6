using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>Adam over the greatest instead of the averaged square (Kingma and Ba, 2014, section 7.1, arXiv:1412.6980).</summary>
public sealed class Adamax : PerTensorOptimizer
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;
    private readonly double _weightDecay;
    private readonly Tensor[] _first;
    private readonly Tensor[] _greatest;

    /// <summary>Makes the optimiser; the defaults are PyTorch's.</summary>
    /// <param name="parameters">Names and parameters.</param>
    /// <param name="beta1">Decay of the averaged gradient; 0.9 unless set.</param>
    /// <param name="beta2">Decay of the greatest gradient; 0.999 unless set.</param>
    /// <param name="epsilon">Added to each gradient's size; 1e-8 unless set.</param>
    /// <param name="weightDecay">Share of each weight that is added to its gradient; 0 unless set.</param>
    public Adamax(
        IReadOnlyList<(string Name, Parameter Value)> parameters,
        double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.0)
        : base(parameters)
    {
        _beta1 = beta1;
        _beta2 = beta2;
        _epsilon = epsilon;
        _weightDecay = weightDecay;
        _first = AddState("exp_avg", value => zeros_like(value));
        _greatest = AddState("exp_inf", value => zeros_like(value));
    }

    /// <inheritdoc/>
    protected override void Update(int index, Parameter value, Tensor gradient, double learningRate, long step)
    {
        Tensor direction = WithDecay(gradient, value, _weightDecay);
        Tensor first = MoveAverage(_first[index], direction, _beta1);
        Tensor greatest = _greatest[index];
        greatest.copy_(maximum(greatest.mul(_beta2), direction.abs().add_(_epsilon)));
        value.addcdiv_(first, greatest, -learningRate / (1.0 - Math.Pow(_beta1, step)));
    }
}
