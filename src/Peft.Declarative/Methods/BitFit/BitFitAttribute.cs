namespace Peft.Declarative;

/// <summary>
/// BitFit: the biases of the base are trained and nothing else. Ben Zaken, Goldberg, Ravfogel 2021, arXiv 2106.10199.
/// </summary>
/// <remarks>
/// Without targets all biases are trained, those of norms included; the paper's smaller variant names the query projection and the first
/// feed-forward layer. A model without biases, such as most Llamas, is refused: training would change nothing.
/// </remarks>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class BitFitAttribute : LayerAdapterAttribute;
