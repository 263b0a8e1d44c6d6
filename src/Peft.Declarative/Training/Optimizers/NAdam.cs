using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>Adam with Nesterov's momentum, which has its own warm-up (Dozat, 2016).</summary>
public sealed class NAdam : AdamVariant
{
    private readonly double _momentumDecay;
    private readonly Tensor[] _products;

    /// <summary>Creates the optimizer. The defaults are PyTorch's.</summary>
    /// <param name="parameters">The names and parameters.</param>
    /// <param name="beta1">The decay of the averaged gradient. The default is 0.9.</param>
    /// <param name="beta2">The decay of the averaged square. The default is 0.999.</param>
    /// <param name="epsilon">The number added to the root. The default is 1e-8.</param>
    /// <param name="weightDecay">The fraction of each weight that is added to its gradient. The default is 0.</param>
    /// <param name="momentumDecay">The speed of the momentum's warm-up. The default is 0.004.</param>
    public NAdam(
        IReadOnlyList<(string Name, Parameter Value)> parameters,
        double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.0, double momentumDecay = 0.004)
        : base(parameters, beta1, beta2, epsilon, weightDecay, second: "exp_avg_sq")
    {
        _momentumDecay = momentumDecay;
        _products = AddState("mu_product", _ => ones([], dtype: ScalarType.Float64));
    }

    /// <inheritdoc/>
    protected override void Update(int index, Parameter value, Tensor gradient, double learningRate, long step)
    {
        Tensor direction = WithDecay(gradient, value, WeightDecay);
        double momentum = Momentum(step);
        double next = Momentum(step + 1);
        double product = _products[index].mul_(Scalars.Of(momentum)).item<double>();

        Tensor first = MoveAverage(First[index], direction, Beta1);
        Tensor second = MoveSquares(Second[index], direction, Beta2);
        Tensor root = second.div(Scalars.Of(1.0 - Math.Pow(Beta2, step))).sqrt_().add_(Scalars.Of(Epsilon), Scalars.One);
        value.addcdiv_(direction, root, Scalars.Of(-learningRate * (1.0 - momentum) / (1.0 - product)));

        // PyTorch counts the current momentum twice in this correction, the paper once. This follows PyTorch, with which people have trained.
        value.addcdiv_(first, root, Scalars.Of(-learningRate * next / (1.0 - product * momentum * next)));
    }

    private double Momentum(long step) => Beta1 * (1.0 - 0.5 * Math.Pow(0.96, step * _momentumDecay));
}
