using Peft.Declarative.Methods.ParallelBottleneck;

namespace Peft.Declarative;

/// <summary>
/// A bottleneck parallel to a sublayer: <c>f(x) + s · U g(D x + d) + u</c>, where <c>x</c> is the input of the sublayer. <c>D</c> [hidden /
/// reduction, hidden] and <c>U</c> [hidden, hidden / reduction] are trained; <c>U</c> starts at zero, so training starts at the base model. He et al.
/// 2021, arXiv 2110.04366.
/// </summary>
/// <remarks>Settings that are not given are as in that paper: ReLU and a scale of 4.</remarks>
/// <param name="reduction">
/// The ratio of the width of the hidden states to that of the bottleneck, above 0; 2 to 16 in practice. The default is 2.
/// </param>
/// <example>
/// <code>
/// [ParallelBottleneck(reduction: 2)]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class ParallelBottleneckAttribute(double reduction = ParallelBottleneckFacts.Reduction) : SublayerAdapterAttribute(reduction);
