using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// An optimizer whose moments are stored in 8 bits, a quarter of their memory. A step converts the moments of one parameter at a time to float32 and
/// stores the new ones after it. Dettmers et al. 2021, arXiv 2110.02861.
/// </summary>
public abstract class EightBitOptimizer : PerTensorOptimizer
{
    /// <summary>The minimum number of values for 8 bits, as in bitsandbytes. Smaller parameters have float32 moments.</summary>
    internal const long FewestElements = 4096;

    private readonly EightBitState[][] _moments;

    /// <param name="parameters">The names and parameters.</param>
    /// <param name="fewestElements">The minimum number of values for 8 bits; smaller parameters have float32 moments.</param>
    /// <param name="isPaged">Whether the moments are in host memory between steps.</param>
    /// <param name="moments">The maps of the moments: signed or unsigned.</param>
    private protected EightBitOptimizer(
        IReadOnlyList<(string Name, Parameter Value)> parameters, long fewestElements, bool isPaged, params CodeTable[] moments)
        : base(parameters)
    {
        _moments = [.. moments.Select((table, index) => Moment(table, index + 1, fewestElements, new StateHome(isPaged)))];
    }

    /// <inheritdoc/>
    protected sealed override void Update(int index, Parameter value, Tensor gradient, double learningRate, long step)
    {
        var moments = new Tensor[_moments.Length];
        for (int i = 0; i < moments.Length; i++)
        {
            moments[i] = _moments[i][index].Read(value.device);
        }

        Update(value, gradient, moments, learningRate, step);
        for (int i = 0; i < moments.Length; i++)
        {
            _moments[i][index].Write(moments[i]);
        }
    }

    /// <summary>Updates a parameter and its moments in place.</summary>
    /// <param name="value">The parameter.</param>
    /// <param name="gradient">Its gradient, which must not be changed.</param>
    /// <param name="moments">Its moments, float32.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="step">The number of steps of this parameter, including this one.</param>
    private protected abstract void Update(Parameter value, Tensor gradient, Tensor[] moments, double learningRate, long step);

    private EightBitState[] Moment(CodeTable table, int number, long fewestElements, StateHome home)
    {
        byte zero = table.Nearest(0);
        Tensor[] values = AddState($"state{number}", value => home.Prepare(
            value.numel() < fewestElements
                ? zeros_like(value, device: home.Of(value))
                : full(value.shape, Scalars.Of(zero), dtype: ScalarType.Byte, device: home.Of(value)),
            value));

        // Small parameters have an empty tensor of scales, so that names in files do not depend on sizes.
        Tensor[] scales = AddState($"absmax{number}", value => home.Prepare(
            zeros(value.numel() < fewestElements ? 0 : BlockRange.Count(value.numel(), EightBitState.BlockSize), device: home.Of(value)), value));
        return [.. values.Zip(scales, (codes, scale) => new EightBitState(table, codes, scale.numel() == 0 ? null : scale, home))];
    }
}
