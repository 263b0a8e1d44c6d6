namespace Peft.Declarative;

/// <summary>
/// AdapterFusion: combines the outputs of several trained bottlenecks after each sublayer by attention, with the result of the sublayer as the query.
/// Only the attention is trained. Pfeiffer et al. 2020, arXiv 2005.00247.
/// </summary>
/// <remarks>
/// Declare the bottlenecks on the same class, load their files under their names, and train. The tensors of the bottlenecks are not changed.
/// </remarks>
/// <param name="adapters">The names of two or more bottlenecks of the same class.</param>
/// <example>
/// <code>
/// [Bottleneck(reduction: 16, Name = "news")] [Bottleneck(reduction: 16, Name = "mail")]
/// [AdapterFusion("news", "mail")]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class AdapterFusionAttribute(params string[] adapters) : AdapterAttribute
{
    /// <summary>The names of the bottlenecks, in the order in which they are combined.</summary>
    public string[] Adapters { get; } = adapters;

    /// <summary>
    /// Whether the outputs of the bottlenecks are projected by a value matrix, which starts as the identity. The default is <see langword="true"/>.
    /// </summary>
    public bool Value { get; init; } = true;

    /// <summary>Whether the training loss keeps the value matrices near the identity. The default is <see langword="true"/>.</summary>
    public bool Regularization { get; init; } = true;

    /// <summary>
    /// Whether the attention starts nearly uniform, with a temperature of 50 that decreases to 1 in about a thousand steps. The default is
    /// <see langword="false"/>.
    /// </summary>
    public bool Temperature { get; init; }

    /// <summary>Whether the query is taken before the base's norm, in families with a norm there. The default is <see langword="false"/>.</summary>
    public bool QueryBeforeNorm { get; init; }

    /// <summary>The dropout probability on the scores during training, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }
}
