namespace Peft.Declarative;

/// <summary>
/// Stores the frozen base in 4 bits per weight, under the adapters: with <c>[Lora(rank: 8)]</c> beside it this is QLoRA. Linear layers are quantised while the
/// model is read, one by one; embeddings, output heads, norms and biases stay as they are, and adapters are float32. Dettmers et al. 2023,
/// arXiv 2305.14314.
/// </summary>
/// <param name="type">The sixteen values; NF4 unless set, which fits trained weights best.</param>
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
    /// <summary>The sixteen values that a weight can have within its block.</summary>
    public QuantizationType Type { get; } = type;

    /// <summary>Weights that share one scale; 64 unless set. A power of two from 32 to 4096: larger ones take less memory and are less exact.</summary>
    public int BlockSize { get; init; } = 64;

    /// <summary>Whether the scales are quantised too, to 8 bits, which saves 0.37 bits per weight; on unless set.</summary>
    public bool DoubleQuantization { get; init; } = true;

    /// <summary>Linear layers that stay dense, by name or trailing path; none unless set.</summary>
    public string[]? Exclude { get; init; }
}

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
