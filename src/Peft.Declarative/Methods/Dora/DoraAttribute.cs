namespace Peft.Declarative;

/// <summary>
/// Weight-decomposed low-rank adaptation: <c>y = m / ‖W + s B A‖ · (W + s B A) x + b</c> row by row, <c>W</c> [out, in] frozen, <c>A</c> [rank, in],
/// <c>B</c> [out, rank] and the magnitudes <c>m</c> [out] trained. <c>m</c> starts at the norms of the rows and <c>B</c> at zero, so training
/// starts at the base model. Liu et al. 2024, arXiv 2402.09353.
/// </summary>
/// <param name="rank">The inner dimension of the product, at least 1. Half of LoRA's rank is often enough.</param>
/// <example>
/// <code>
/// [Dora(rank: 4, Targets = ["q_proj", "v_proj"])]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class DoraAttribute(int rank) : LowRankAttribute(rank);
