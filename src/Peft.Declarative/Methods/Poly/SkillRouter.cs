using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Poly;

/// <summary>
/// How much of each skill a task uses in one layer: a trained number per task and skill, whose sigmoid is divided by the sum over the skills. Ponti et al. 2022,
/// arXiv 2202.13914, section 3.
/// </summary>
/// <remarks>
/// While it is trained, a skill is on or off with this probability, in the relaxation of Maddison et al. 2016, arXiv 1611.00712: the sigmoid of the number plus
/// logistic noise, drawn anew for each row.
/// </remarks>
internal sealed class SkillRouter
{
    // Those of the reference library: the numbers start near each other, and no sum of skills is zero.
    private const double StartBound = 1e-3;
    private const double LeastSum = 1e-12;

    // The distance of uniform numbers from 0 and 1, at which the noise would be infinite: the precision of float32.
    private const double LeastProbability = 1.1920928955078125e-7;

    private readonly int _splits;

    /// <summary>Creates a router that uses all skills about alike.</summary>
    internal SkillRouter(int tasks, int splits, int skills, Device device)
    {
        _splits = splits;
        Logits = WeightLayer.Trainable(rand(tasks, splits * skills, device: device).mul_(Scalars.Of(2 * StartBound)).sub_(Scalars.Of(StartBound)));
    }

    /// <summary>The trained numbers [tasks, splits · skills].</summary>
    internal Parameter Logits { get; }

    /// <summary>The weights of the skills for a task, which sum up to 1: [1, splits, skills], or [rows, splits, skills] if they are drawn.</summary>
    /// <param name="task">The task.</param>
    /// <param name="rows">The number of rows for which skills are drawn; 0 to draw none.</param>
    internal Tensor Weights(int task, long rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Logits.select(0, task).view(1, _splits, -1);
        Tensor used = (rows == 0 ? logits : logits.add(Noise(rows, _splits, logits.size(2)), Scalars.One)).sigmoid();
        return (used / used.sum(-1, keepdim: true).add(Scalars.Of(LeastSum), Scalars.One)).MoveToOuterDisposeScope();
    }

    // The difference of log p and log (1 − p) of a uniform number p is logistic.
    private Tensor Noise(params long[] shape)
    {
        Tensor p = rand(shape, device: Logits.device).clamp_(Scalars.Of(LeastProbability), Scalars.Of(1 - LeastProbability));
        return p.log().add(p.neg().log1p(), Scalars.Of(-1));
    }
}
