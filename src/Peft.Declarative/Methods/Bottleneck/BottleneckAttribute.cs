using Peft.Declarative.Methods.Bottleneck;

namespace Peft.Declarative;

/// <summary>
/// A small network after a sublayer, in series: <c>h + s · U f(D h + d) + u</c> with <c>D</c> [hidden / reduction, hidden] and
/// <c>U</c> [hidden, hidden / reduction] trained. Houlsby et al. 2019, arXiv 1902.00751; Pfeiffer et al. 2020, arXiv 2005.00052.
/// </summary>
/// <remarks>
/// With the default, a bottleneck after the feed-forward network only, settings that are not given are as in Pfeiffer et al.: ReLU on the sum of the
/// sublayer and its residual, normalized if the base has a norm there. With <c>"attention"</c> among the targets, they are as in Houlsby et al.:
/// Swish on the result of the sublayer. The weights start from a normal distribution with a standard deviation of 0.02, so training starts near the
/// base model, but not exactly at it.
/// </remarks>
/// <param name="reduction">
/// The ratio of the width of the hidden states to that of the bottleneck, above 0; 2 to 64 in practice. The default is 16.
/// </param>
/// <example>
/// <code>
/// [Bottleneck(reduction: 16)]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class BottleneckAttribute(double reduction = BottleneckFacts.Reduction) : SublayerAdapterAttribute(reduction);

/// <summary>The initialization of a bottleneck's projections. Biases start at zero.</summary>
public enum BottleneckInit
{
    /// <summary>The initialization of the method's paper: <see cref="Normal"/> in series, <see cref="ZeroUp"/> in parallel.</summary>
    Default,

    /// <summary>Both projections normal with a standard deviation of 0.02, as in BERT; AdapterHub calls it <c>bert</c>.</summary>
    Normal,

    /// <summary>Down uniform within ±1/√in, up zero, so that training starts at the base model. AdapterHub calls it <c>mam_adapter</c>.</summary>
    ZeroUp,

    /// <summary>Both projections normal with a standard deviation of 0.01, truncated at twice that; AdapterHub calls it <c>houlsby</c>.</summary>
    TruncatedNormal,
}

/// <summary>The residual of a bottleneck, which is added to its result.</summary>
public enum BottleneckResidual
{
    /// <summary>The sublayer's result, without the sublayer's own residual.</summary>
    Result,

    /// <summary>The input of the adapter: with <see cref="SublayerAdapterAttribute.SumBefore"/>, the normalized sum.</summary>
    Normalised,

    /// <summary>The sum of the sublayer and its residual, not normalized. Steitz, Roth 2024, arXiv 2406.06820.</summary>
    Sum,
}

/// <summary>Whether the factor on a bottleneck's result is trained.</summary>
public enum ScaleLearning
{
    /// <summary>The factor is a constant.</summary>
    None,

    /// <summary>One trained factor for all channels, which starts at 1.</summary>
    Scalar,

    /// <summary>A trained factor for each channel, which starts at 1.</summary>
    Channel,
}
