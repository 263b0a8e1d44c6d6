using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Poly;

/// <summary>
/// A linear layer with skills that the task <c>t</c> of each row mixes: <c>y = W x + 1/rank · B(t) (A(t) x)</c>, <c>W</c> frozen. Ponti et al. 2022,
/// arXiv 2202.13914; the splits of the features are of Caccia et al. 2022, arXiv 2211.03831.
/// </summary>
/// <remarks>The factors are mixed and not their products, so that a row costs as much as with one low-rank update.</remarks>
public class PolyLinear : AdapterLayer
{
    private readonly SkillRouter _router;
    private readonly Parameter _a;    // [splits, skills, in / splits, rank]
    private readonly Parameter _b;    // [splits, skills, rank, out / splits]

    /// <summary>Creates an adapter layer around a linear layer.</summary>
    /// <param name="frozen">The layer, or the layer of another adapter around it.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="rank">The inner dimension of every skill.</param>
    /// <param name="tasks">The number of tasks.</param>
    /// <param name="skills">The number of skills.</param>
    /// <param name="splits">The number of parts into which the features are split, a divisor of both sizes of the layer.</param>
    /// <param name="init">The initialization of the skills.</param>
    public PolyLinear(nn.Module<Tensor, Tensor> frozen, string adapter, int rank, int tasks = 1, int skills = 4, int splits = 1, PolyInit init = PolyInit.Default)
        : base(nameof(PolyLinear), frozen, adapter, LayerKinds.WithProduct)
    {
        PolyFacts.Method.Require(frozen.GetType().Name, ("rank", rank), ("tasks", tasks), ("skills", skills), ("splits", splits));
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Device device = Base.weight.device;
        _router = new SkillRouter(tasks, splits, skills, device);
        Own("poly_router", _router.Logits);
        _a = Own("poly_lora_A", WeightLayer.Trainable(Skills(Base.Input / splits, rank)));
        _b = Own("poly_lora_B", WeightLayer.Trainable(
            init == PolyInit.Random ? Skills(rank, Base.Output / splits) : zeros(splits, skills, rank, Base.Output / splits, device: device)));

        // Uniform within ±1/√rows, because the matrices of the file multiply from the right.
        Tensor Skills(long rows, long columns) => LoraStart.Kaiming(splits * skills * columns, rows, device).view(splits, skills, columns, rows).transpose(2, 3).contiguous();
    }

    private long Rank => _a.size(-1);

    /// <inheritdoc/>
    protected internal override Tensor AdaptOutput(Tensor input, Tensor output)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weights = _router.Weights(Task ?? 0, training ? input.size(0) : 0);
        Tensor a = Mixed(weights, _a).transpose(0, 1).reshape(-1, Base.Input, Rank);
        Tensor b = Mixed(weights, _b).permute(1, 2, 0, 3).reshape(-1, Rank, Base.Output);
        Tensor changes = input.to(a.dtype).reshape(a.size(0), -1, Base.Input).bmm(a).bmm(b).view_as(output);
        return output.to(a.dtype).add(changes, Scalars.Of(1.0 / Rank)).to(output.dtype).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) =>
    [
        new AdapterTensor($"{AdapterKeys.Model}{path}.poly_lora_A", _a),
        new AdapterTensor($"{AdapterKeys.Model}{path}.poly_lora_B", _b),
        new AdapterTensor($"{AdapterKeys.Model}{path}.poly_router.module_logits", _router.Logits),
    ];

    // Skills that are drawn differ from row to row, and otherwise all have one mixture: [splits, rows or 1, …] from weights
    // [rows or 1, splits, skills] and skills [splits, skills, …].
    private static Tensor Mixed(Tensor weights, Tensor skills)
    {
        (long splits, long rows, long columns) = (skills.size(0), skills.size(2), skills.size(3));
        return weights.transpose(0, 1).bmm(skills.view(splits, skills.size(1), -1)).view(splits, -1, rows, columns);
    }
}
