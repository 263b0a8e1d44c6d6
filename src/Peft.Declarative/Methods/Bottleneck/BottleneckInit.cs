namespace Peft.Declarative;

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
