namespace Peft.Declarative;

/// <summary>
/// Blends several bottlenecks that are trained already: after each sublayer, attention over what each of them makes, with its own result as the
/// question. Only the blending is trained. Pfeiffer et al. 2020, arXiv 2005.00247.
/// </summary>
/// <remarks>
/// Declare the bottlenecks beside it, load their files under their names, and train. They rest meanwhile: their tensors stay as they are.
/// </remarks>
/// <param name="adapters">Names of two or more bottlenecks of the same class.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class AdapterFusionAttribute(params string[] adapters) : AdapterAttribute
{
    /// <summary>Names of the bottlenecks, in the order in which they are blended.</summary>
    public string[] Adapters { get; } = adapters;

    /// <summary>Whether what the adapters make is projected before it is blended; the projection starts as the identity. Yes unless set otherwise.</summary>
    public bool Value { get; init; } = true;

    /// <summary>Whether the training loss keeps the value projections near the identity. Yes unless set otherwise.</summary>
    public bool Regularization { get; init; } = true;

    /// <summary>Whether the attention starts nearly even, at a temperature of 50 that falls to 1 in about a thousand steps. No unless set.</summary>
    public bool Temperature { get; init; }

    /// <summary>Whether the question is asked before the base's norm, in families that have one there. No unless set.</summary>
    public bool QueryBeforeNorm { get; init; }

    /// <summary>Dropout probability on the scores while training, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }
}
