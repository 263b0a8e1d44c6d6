using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// Adam and AdamW with libtorch's fused kernels: one call for all parameters, on CPU and on GPUs (Kingma and Ba, 2014, arXiv:1412.6980).
/// </summary>
public abstract class FusedAdam : Optimizer
{
    private readonly bool _decoupled;
    private readonly OptimizerOperators.AdamOptions _options;
    private readonly Tensor[] _values;
    private readonly Tensor[] _first;
    private readonly Tensor[] _second;
    private readonly Tensor[] _greatestSecond;
    private readonly Tensor[] _steps;

    private protected FusedAdam(
        IReadOnlyList<(string Name, Parameter Value)> parameters, bool decoupled, OptimizerOperators.AdamOptions options)
        : base(parameters)
    {
        _decoupled = decoupled;
        _options = options;
        _values = [.. parameters.Select(parameter => parameter.Value)];
        _first = AddState("exp_avg", value => zeros_like(value));
        _second = AddState("exp_avg_sq", value => zeros_like(value));
        _greatestSecond = options.AmsGrad ? AddState("max_exp_avg_sq", value => zeros_like(value)) : [];
        _steps = AddState("step", value => zeros([], dtype: ScalarType.Float32, device: value.device));
    }

    /// <inheritdoc/>
    protected override void StepWithGradients(double learningRate, Tensor? skip)
    {
        Tensor?[] gradients = [.. Parameters.Select(parameter => parameter.Value.grad)];
        int[] present = [.. Enumerable.Range(0, gradients.Length).Where(i => gradients[i] is not null)];
        if (present.Length == 0)
        {
            return;
        }

        Tensor[] Pick(Tensor?[] all) => all.Length == 0 ? [] : [.. present.Select(i => all[i]!)];
        var lists = new OptimizerOperators.AdamLists(
            Pick(_values), Pick(gradients), Pick(_first), Pick(_second), Pick(_greatestSecond), Pick(_steps));
        OptimizerOperators.Adam(_decoupled, lists, skip, learningRate, _options);
    }
}
