namespace Peft.Declarative;

/// <summary>
/// BitFit: trains the biases of the base and nothing else. Ben Zaken, Goldberg, Ravfogel 2021, arXiv 2106.10199.
/// </summary>
/// <remarks>
/// Without targets, all biases are trained, including those of norms. The smaller variant of the paper names the query projection and the first
/// feed-forward layer. A model without biases, such as most Llamas, is an error: training would change nothing.
/// </remarks>
/// <example>
/// <code>
/// [BitFit]
/// public sealed partial class Sentiment : BertForSequenceClassification;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class BitFitAttribute : LayerAdapterAttribute;
