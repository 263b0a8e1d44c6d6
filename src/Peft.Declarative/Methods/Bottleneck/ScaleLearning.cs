namespace Peft.Declarative;

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
