using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>What the relatives of Adam have in common: an averaged gradient, a second moment, and the constants of both.</summary>
public abstract class AdamVariant : PerTensorOptimizer
{
    private protected AdamVariant(
        IReadOnlyList<(string Name, Parameter Value)> parameters, double beta1, double beta2, double epsilon, double weightDecay, string second)
        : base(parameters)
    {
        Beta1 = beta1;
        Beta2 = beta2;
        Epsilon = epsilon;
        WeightDecay = weightDecay;
        First = AddState("exp_avg", value => zeros_like(value));
        Second = AddState(second, value => zeros_like(value));
    }

    private protected double Beta1 { get; }

    private protected double Beta2 { get; }

    private protected double Epsilon { get; }

    private protected double WeightDecay { get; }

    private protected Tensor[] First { get; }

    private protected Tensor[] Second { get; }
}
