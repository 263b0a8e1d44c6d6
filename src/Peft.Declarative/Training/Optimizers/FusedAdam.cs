using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// Adam and AdamW with libtorch's fused kernels: one call for all parameters, on CPU and on GPUs (Kingma and Ba, 2014, arXiv:1412.6980).
/// </summary>
public abstract class FusedAdam : FlatOptimizer
{
    private readonly bool _decoupled;
    private readonly OptimizerOperators.AdamOptions _options;

    private protected FusedAdam(
        IReadOnlyList<(string Name, Parameter Value)> parameters, bool decoupled, OptimizerOperators.AdamOptions options, bool isPaged = false)
        : base(parameters, ScalarType.Float32, options.AmsGrad ? ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"] : ["exp_avg", "exp_avg_sq"], isPaged) =>
        (_decoupled, _options) = (decoupled, options);

    private protected sealed override bool IsSkipped(Tensor? skip) => false;   // the kernels read it

    private protected sealed override void Update(Part[] parts, double learningRate, Tensor? skip)
    {
        if (parts.Length == 0)
        {
            return;
        }

        var lists = new OptimizerOperators.AdamLists(
            Array.ConvertAll(parts, static part => part.Value),
            Array.ConvertAll(parts, static part => part.Gradient),
            Array.ConvertAll(parts, static part => part.State[0]),
            Array.ConvertAll(parts, static part => part.State[1]),
            _options.AmsGrad ? Array.ConvertAll(parts, static part => part.State[2]) : [],
            Array.ConvertAll(parts, static part => full([], Scalars.Of((float)part.Step), dtype: ScalarType.Float32, device: part.Value.device)));
        OptimizerOperators.Adam(_decoupled, lists, skip, learningRate, _options);
    }
}
