using Peft.Declarative.Methods.PTuning;

namespace Peft.Declarative;

/// <summary>
/// P-tuning: <paramref name="tokens"/> virtual tokens [tokens, hidden] are prepended to the embedded input of every row, as in prompt tuning, but a
/// small network computes them and is trained instead, which relates them to each other and makes training more stable. Liu et al. 2021, arXiv
/// 2103.10385.
/// </summary>
/// <param name="tokens">The number of virtual tokens, at least 1; 10 to 100 in practice. They count towards the context length.</param>
/// <example>
/// <code>
/// [PTuning(tokens: 20)]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class PTuningAttribute(int tokens) : AdapterAttribute
{
    /// <summary>The number of virtual tokens.</summary>
    public int Tokens { get; } = tokens;

    /// <summary>The hidden width of the network, at least 1. The default is the width of the model's embeddings.</summary>
    public int Hidden { get; init; }

    /// <summary>The kind of network. The default is a multilayer perceptron.</summary>
    public PromptEncoder Encoder { get; init; }

    /// <summary>The number of layers of the LSTM, at least 1. The default is 2. The perceptron always has three.</summary>
    public int Layers { get; init; } = PTuningFacts.Layers;

    /// <summary>The dropout probability between the layers of the LSTM, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }
}

/// <summary>The network that computes the virtual tokens of P-tuning.</summary>
public enum PromptEncoder
{
    /// <summary>Three linear layers with ReLU between them, applied to each token separately.</summary>
    Mlp,

    /// <summary>A bidirectional LSTM over the tokens, then two linear layers, so that each token depends on its neighbors.</summary>
    Lstm,
}
