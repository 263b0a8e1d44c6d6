namespace Peft.Declarative;

/// <summary>
/// Stores the frozen base in 4 or 8 bits per weight, under the adapters: with 4 bits and <c>[Lora(rank: 8)]</c> beside it this is QLoRA. Linear layers are
/// quantised while the model is read, one by one; embeddings, output heads, norms and biases stay as they are, and adapters are float32. Dettmers et al.
/// 2023, arXiv 2305.14314.
/// </summary>
/// <param name="type">How a weight is stored; NF4 unless set, which fits trained weights best.</param>
/// <example>
/// <code>
/// [Lora(rank: 8)]   // over a base in 4 bits, this is QLoRA
/// [Quantize(QuantizationType.Nf4)]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class QuantizeAttribute(QuantizationType type = QuantizationType.Nf4) : Attribute
{
    /// <summary>How a weight is stored.</summary>
    public QuantizationType Type { get; } = type;

    /// <summary>
    /// Weights that share one scale; 64 unless set. A power of two from 32 to 4096: larger ones take less memory and are less exact. With
    /// <see cref="QuantizationType.Int8"/> a row shares one, whatever this says.
    /// </summary>
    public int BlockSize { get; init; } = 64;

    /// <summary>
    /// Whether the scales are quantised too, to 8 bits, which saves 0.37 bits per weight; on unless set. Those of <see cref="QuantizationType.Int8"/> never are.
    /// </summary>
    public bool DoubleQuantization { get; init; } = true;

    /// <summary>
    /// For <see cref="QuantizationType.Int8"/>: input columns with an absolute value from here on are multiplied as they are, not rounded to 8 bits; 6 unless
    /// set, 0 for none. Dettmers et al. 2022, arXiv 2208.07339, section 3.2.
    /// </summary>
    public double OutlierThreshold { get; init; } = 6;

    /// <summary>Linear layers that stay dense, by name or trailing path; none unless set.</summary>
    public string[]? Exclude { get; init; }
}

/// <summary>How a quantised weight is stored: a code, and the greatest absolute value of its block, by which the value of the code is multiplied.</summary>
public enum QuantizationType
{
    /// <summary>
    /// 4-bit NormalFloat: quantiles of a normal distribution, which weights of trained networks follow closely. Dettmers et al. 2023,
    /// arXiv 2305.14314, section 3.
    /// </summary>
    Nf4,

    /// <summary>4-bit floating point: a sign, two bits of exponent and one of mantissa, as bitsandbytes defines it.</summary>
    Fp4,

    /// <summary>
    /// 8-bit integers with one scale per row; the rows of the input are rounded to 8 bits as well, except columns of outliers. Dettmers et al. 2022, LLM.int8(),
    /// arXiv 2208.07339.
    /// </summary>
    Int8,

    /// <summary>
    /// 8-bit codes of the dynamic map in blocks, as optimizer states have them: more exact than <see cref="Int8"/>, and inputs are not rounded. Dettmers et al.
    /// 2021, arXiv 2110.02861.
    /// </summary>
    Dynamic8,
}
