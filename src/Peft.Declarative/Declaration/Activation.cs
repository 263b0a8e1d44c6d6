namespace Peft.Declarative;

/// <summary>Non-linear functions inside an adapter.</summary>
public enum Activation
{
    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>x · σ(x), also called SiLU.</summary>
    Swish,

    /// <summary>x · Φ(x), with the normal distribution's own function.</summary>
    Gelu,

    /// <summary>The same with the approximation by tanh, as GPT-2 has it.</summary>
    GeluTanh,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>σ(x).</summary>
    Sigmoid,

    /// <summary>x, and 0.01 x below zero.</summary>
    LeakyRelu,

    /// <summary>min(max(0, x), 6).</summary>
    Relu6,

    /// <summary>x · tanh(softplus x).</summary>
    Mish,

    /// <summary>x: the adapter is linear.</summary>
    Linear,
}
