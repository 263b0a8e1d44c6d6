using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>Adam with Nesterov's momentum, which has its own warm-up (Dozat, 2016).</summary>
public sealed class NAdam : ElementwiseOptimizer
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;
    private readonly double _weightDecay;
    private readonly double _momentumDecay;
    private readonly Tensor _products;   // of the momenta of all steps of each parameter
    private double _product;

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
        : base(parameters, "exp_avg", "exp_avg_sq")
    {
        (_beta1, _beta2, _epsilon, _weightDecay, _momentumDecay) = (beta1, beta2, epsilon, weightDecay, momentumDecay);
        _products = AddScalars("mu_product", ones(parameters.Count, dtype: ScalarType.Float64));
    }

    private protected override void Begin(ParameterRange range, long step) =>
        _product = _products.narrow(0, range.First, range.Count).mul_(Scalars.Of(Momentum(step)))[0].item<double>();

    /// <inheritdoc/>
    private protected override void Update(Tensor value, Tensor gradient, Tensor[] state, double learningRate, long step)
    {
        Tensor direction = WithDecay(gradient, value, _weightDecay);
        (double momentum, double next) = (Momentum(step), Momentum(step + 1));
        Tensor first = MoveAverage(state[0], direction, _beta1);
        Tensor second = MoveSquares(state[1], direction, _beta2);
        Tensor root = second.div(Scalars.Of(1.0 - Math.Pow(_beta2, step))).sqrt_().add_(Scalars.Of(_epsilon), Scalars.One);
        value.addcdiv_(direction, root, Scalars.Of(-learningRate * (1.0 - momentum) / (1.0 - _product)));

        // PyTorch counts the current momentum twice in this correction, the paper once. This follows PyTorch, with which people have trained.
        value.addcdiv_(first, root, Scalars.Of(-learningRate * next / (1.0 - _product * momentum * next)));
    }

    private double Momentum(long step) => _beta1 * (1.0 - 0.5 * Math.Pow(0.96, step * _momentumDecay));
}
