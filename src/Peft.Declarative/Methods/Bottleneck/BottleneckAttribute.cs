using Peft.Declarative.Methods.Bottleneck;

namespace Peft.Declarative;

/// <summary>
/// A small network after a sublayer, in series: <c>h + s · U f(D h + d) + u</c> with <c>D</c> [hidden / reduction, hidden] and
/// <c>U</c> [hidden, hidden / reduction] trained. Houlsby et al. 2019, arXiv 1902.00751; Pfeiffer et al. 2020, arXiv 2005.00052.
/// </summary>
/// <remarks>
/// After the feed-forward network alone, which is the default, what is not set is as in Pfeiffer et al.: ReLU on the sum of the sublayer and its
/// residual, normalised where the base has a norm there. With <c>"attention"</c> among the targets it is as in Houlsby et al.: Swish on the
/// sublayer's result. The weights start normal with a deviation of 0.02 and so nearly, but not quite, at the base model.
/// </remarks>
/// <param name="reduction">How many times narrower the network is than the hidden states; 2 to 64 in practice. Must be above 0.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class BottleneckAttribute(double reduction = BottleneckFacts.Reduction) : SublayerAdapterAttribute(reduction);
