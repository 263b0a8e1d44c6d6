using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// Stores one row and one column of second moments per matrix instead of a full one (Shazeer and Stern, 2018, arXiv:1804.04235). Tensors of rank
/// 2 and more are factored over their last two dimensions.
/// </summary>
public sealed class Adafactor : PerTensorOptimizer
{
    private readonly AdafactorOptions _options;
    private readonly Tensor[] _rows;
    private readonly Tensor[] _columns;
    private readonly Tensor[] _first;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="parameters">The names and parameters.</param>
    /// <param name="options">The constants. The default is <see langword="null"/>: those of the paper, with its own learning rate schedule.</param>
    public Adafactor(IReadOnlyList<(string Name, Parameter Value)> parameters, AdafactorOptions? options = null)
        : base(parameters)
    {
        _options = options ?? new AdafactorOptions();

        // A vector has no columns: the tensor for rows contains its whole second moment.
        _rows = AddState("exp_avg_sq_row", value => IsFactored(value) ? zeros_like(value.mean([-1])) : zeros_like(value));
        _columns = AddState("exp_avg_sq_col", value => IsFactored(value) ? zeros_like(value.mean([-2])) : zeros([]));
        _first = _options.Beta1 is null ? [] : AddState("exp_avg", value => zeros_like(value));
    }

    /// <inheritdoc/>
    protected override void Update(int index, Parameter value, Tensor gradient, double learningRate, long step)
    {
        double decay = 1.0 - Math.Pow(step, -_options.DecayPower);
        Tensor rate = Rate(value, learningRate, step);
        Tensor update = Divide(index, gradient, decay);
        update.div_(RootMeanSquare(update).div_(Scalars.Of(_options.ClipThreshold)).clamp_min_(Scalars.Of(1.0))).mul_(rate);

        if (_options.Beta1 is { } beta1)
        {
            update = MoveAverage(_first[index], update, beta1);
        }

        if (_options.WeightDecay != 0.0)
        {
            value.sub_(value.mul(rate).mul_(Scalars.Of(_options.WeightDecay)));
        }

        value.sub_(update);
    }

    private static bool IsFactored(Tensor value) => value.dim() >= 2;

    private static Tensor RootMeanSquare(Tensor value) => value.pow(Scalars.Of(2)).mean().sqrt_();

    /// <summary>Divides the gradient by the root of its second moment.</summary>
    private Tensor Divide(int index, Tensor gradient, double decay)
    {
        Tensor square = gradient.pow(Scalars.Of(2)).add_(Scalars.Of(_options.SquareEpsilon), Scalars.One);
        if (!IsFactored(gradient))
        {
            return MoveAverage(_rows[index], square, decay).rsqrt().mul_(gradient);
        }

        Tensor row = MoveAverage(_rows[index], square.mean([-1]), decay);
        Tensor column = MoveAverage(_columns[index], square.mean([-2]), decay);
        Tensor rowRoot = row.div(row.mean([-1], keepdim: true)).rsqrt_().unsqueeze(-1);
        return rowRoot.mul(column.rsqrt().unsqueeze(-2)).mul_(gradient);
    }

    /// <summary>Computes the learning rate of one tensor, on its device, because it can depend on the size of the weights.</summary>
    private Tensor Rate(Tensor value, double learningRate, long step)
    {
        double rate = learningRate;
        if (_options.RelativeStep)
        {
            rate = Math.Min(_options.WarmupInit ? 1e-6 * step : 1e-2, 1.0 / Math.Sqrt(step));
        }

        return _options.ScaleParameter
            ? RootMeanSquare(value).clamp_min_(Scalars.Of(_options.ScaleEpsilon)).mul_(Scalars.Of(rate))
            : full([], Scalars.Of(rate), dtype: value.dtype, device: value.device);
    }
}
