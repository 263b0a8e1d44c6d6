using Peft.Declarative.Methods.Poly;

namespace Peft.Declarative;

/// <summary>
/// Polytropon, many tasks with one inventory of skills: <c>y = W x + 1/rank · B(t) (A(t) x)</c> with <c>W</c> [out, in] frozen. <c>A(t) = Σ w(t, s) A(s)</c>
/// and <c>B(t) = Σ w(t, s) B(s)</c> mix the low-rank factors of the skills <c>s</c> by trained weights of the task <c>t</c> of each row, which sum up to 1. Tasks
/// that have something in common share skills. The <c>B(s)</c> start at zero, so training starts at the base model. It adapts linear layers. Ponti et al. 2022,
/// arXiv 2202.13914; with <c>splits</c>, Caccia et al. 2022, arXiv 2211.03831.
/// </summary>
/// <param name="rank">The inner dimension of every skill, at least 1. The default is 8, as in the reference library.</param>
/// <param name="tasks">
/// The number of tasks, at least 1. Every row names its task by a number from 0 to below this one. The default is 1, which needs no numbers.
/// </param>
/// <param name="skills">The number of skills of every layer, at least 1. The default is 4.</param>
/// <param name="splits">
/// The number of parts into which the features of a layer are split. Each part has skills and weights of its own. It divides both sizes of every adapted layer.
/// The default is 1.
/// </param>
/// <example>
/// <code>
/// [Poly(rank: 8, tasks: 12, skills: 4, splits: 2, Targets = ["q_proj", "v_proj"])]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class PolyAttribute(int rank = PolyFacts.Rank, int tasks = PolyFacts.Tasks, int skills = PolyFacts.Skills, int splits = PolyFacts.Splits) : LayerAdapterAttribute
{
    /// <summary>The inner dimension of every skill.</summary>
    public int Rank { get; } = rank;

    /// <summary>The number of tasks.</summary>
    public int Tasks { get; } = tasks;

    /// <summary>The number of skills of every layer.</summary>
    public int Skills { get; } = skills;

    /// <summary>The number of parts into which the features of a layer are split.</summary>
    public int Splits { get; } = splits;

    /// <summary>The initialization of the skills. The default starts at the base model.</summary>
    public PolyInit Init { get; init; }
}

/// <summary>The initialization of the skills of <see cref="PolyAttribute"/>.</summary>
public enum PolyInit
{
    /// <summary>Every <c>B</c> zero, and <c>A</c> uniform within ±1/√columns (Kaiming with a = √5).</summary>
    Default,

    /// <summary>All factors uniform, so the adapted model differs from the base. For tests and ablations.</summary>
    Random,
}
