namespace Peft.Declarative;

/// <summary>The sixteen values that a weight of 4 bits can have, each times the greatest absolute value of its block.</summary>
public enum QuantizationType
{
    /// <summary>
    /// 4-bit NormalFloat: quantiles of a normal distribution, which weights of trained networks follow closely. Dettmers et al. 2023,
    /// arXiv 2305.14314, section 3.
    /// </summary>
    Nf4,

    /// <summary>4-bit floating point: a sign, two bits of exponent and one of mantissa, as bitsandbytes defines it.</summary>
    Fp4,
}
