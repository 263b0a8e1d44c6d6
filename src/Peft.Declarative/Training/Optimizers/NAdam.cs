using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>Adam with Nesterov's momentum, which itself warms up (Dozat, 2016).</summary>
public sealed class NAdam : PerTensorOptimizer
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;
    private readonly double _weightDecay;
    private readonly double _momentumDecay;
    private readonly Tensor[] _first;
    private readonly Tensor[] _second;
    private readonly Tensor[] _products;

    /// <summary>Makes the optimiser; the defaults are PyTorch's.</summary>
    /// <param name="parameters">Names and parameters.</param>
    /// <param name="beta1">Decay of the averaged gradient; 0.9 unless set.</param>
    /// <param name="beta2">Decay of the averaged square; 0.999 unless set.</param>
    /// <param name="epsilon">Added to the root; 1e-8 unless set.</param>
    /// <param name="weightDecay">Share of each weight that is added to its gradient; 0 unless set.</param>
    /// <param name="momentumDecay">Speed at which the momentum warms up; 0.004 unless set.</param>
    public NAdam(
        IReadOnlyList<(string Name, Parameter Value)> parameters,
        double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.0, double momentumDecay = 0.004)
        : base(parameters)
    {
        _beta1 = beta1;
        _beta2 = beta2;
        _epsilon = epsilon;
        _weightDecay = weightDecay;
        _momentumDecay = momentumDecay;
        _first = AddState("exp_avg", value => zeros_like(value));
        _second = AddState("exp_avg_sq", value => zeros_like(value));
        _products = AddState("mu_product", _ => ones([], dtype: ScalarType.Float64));
    }

    /// <inheritdoc/>
    protected override void Update(int index, Parameter value, Tensor gradient, double learningRate, long step)
    {
        Tensor direction = WithDecay(gradient, value, _weightDecay);
        double momentum = Momentum(step);
        double next = Momentum(step + 1);
        double product = _products[index].mul_(momentum).item<double>();

        Tensor first = MoveAverage(_first[index], direction, _beta1);
        Tensor second = MoveSquares(_second[index], direction, _beta2);
        Tensor root = second.div(1.0 - Math.Pow(_beta2, step)).sqrt_().add_(_epsilon);
        value.addcdiv_(direction, root, -learningRate * (1.0 - momentum) / (1.0 - product));

        // PyTorch counts the present momentum twice in this correction; the paper once. We follow what people have trained with.
        value.addcdiv_(first, root, -learningRate * next / (1.0 - product * momentum * next));
    }

    private double Momentum(long step) => _beta1 * (1.0 - 0.5 * Math.Pow(0.96, step * _momentumDecay));
}
