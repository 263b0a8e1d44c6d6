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

/// <summary>How the projections of a bottleneck start; biases start at zero.</summary>
public enum BottleneckInit
{
    /// <summary>As the method's paper has it: <see cref="Normal"/> in series, <see cref="ZeroUp"/> beside.</summary>
    Default,

    /// <summary>Both normal with a standard deviation of 0.02, as BERT's layers; AdapterHub calls it <c>bert</c>.</summary>
    Normal,

    /// <summary>Down uniform within ±1/√in, up zero: the adapted model starts as the base. AdapterHub calls it <c>mam_adapter</c>.</summary>
    ZeroUp,

    /// <summary>Both normal with a standard deviation of 0.01, cut off at twice that; AdapterHub calls it <c>houlsby</c>.</summary>
    TruncatedNormal,
}

/// <summary>What goes past a bottleneck and is added to its result.</summary>
public enum BottleneckResidual
{
    /// <summary>The sublayer's result, without the sublayer's own residual.</summary>
    Result,

    /// <summary>What the adapter reads: with <see cref="SublayerAdapterAttribute.SumBefore"/> the normalised sum.</summary>
    Normalised,

    /// <summary>The sum of the sublayer and its residual, not normalised. Steitz, Roth 2024, arXiv 2406.06820.</summary>
    Sum,
}

/// <summary>Whether the factor on a bottleneck's result is learned.</summary>
public enum ScaleLearning
{
    /// <summary>No, it is a constant.</summary>
    None,

    /// <summary>One number for all channels, from 1 on.</summary>
    Scalar,

    /// <summary>A number for each channel, from 1 on.</summary>
    Channel,
}
