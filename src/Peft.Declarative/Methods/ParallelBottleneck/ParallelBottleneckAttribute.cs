using Peft.Declarative.Methods.ParallelBottleneck;

namespace Peft.Declarative;

/// <summary>
/// A small network beside a sublayer: <c>f(x) + s · U g(D x + d) + u</c>, where <c>x</c> is what goes past the sublayer. <c>D</c>
/// [hidden / reduction, hidden] and <c>U</c> [hidden, hidden / reduction] are trained; <c>U</c> starts at zero, so training starts at the base
/// model. He et al. 2021, arXiv 2110.04366.
/// </summary>
/// <remarks>What is not set is as in that paper: ReLU, a scale of 4.</remarks>
/// <param name="reduction">How many times narrower the network is than the hidden states; 2 to 16 in practice. Must be above 0.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class ParallelBottleneckAttribute(double reduction = ParallelBottleneckFacts.Reduction) : SublayerAdapterAttribute(reduction);
