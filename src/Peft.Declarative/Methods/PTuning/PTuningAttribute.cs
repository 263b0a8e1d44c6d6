using Peft.Declarative.Methods.PTuning;

namespace Peft.Declarative;

/// <summary>
/// P-tuning: <paramref name="tokens"/> virtual tokens [tokens, hidden] are prepended to the embedded input of every row, as in prompt tuning, but a
/// small network computes them and is trained instead, which ties them together and learns more steadily. Liu et al. 2021, arXiv 2103.10385.
/// </summary>
/// <param name="tokens">Number of learned vectors; 10 to 100 in practice. Must be at least 1. They count towards the context length.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class PTuningAttribute(int tokens) : AdapterAttribute
{
    /// <summary>Number of learned vectors.</summary>
    public int Tokens { get; } = tokens;

    /// <summary>Width inside the network; the width of the model's vectors unless set. Must be at least 1.</summary>
    public int Hidden { get; init; }

    /// <summary>Which network makes the vectors; a multilayer perceptron unless set.</summary>
    public PromptEncoder Encoder { get; init; }

    /// <summary>Layers of the LSTM; 2 unless set, at least 1. The perceptron always has three.</summary>
    public int Layers { get; init; } = PTuningFacts.Layers;

    /// <summary>Dropout between the layers of the LSTM, 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }
}

/// <summary>The network that makes the vectors of P-tuning.</summary>
public enum PromptEncoder
{
    /// <summary>Three linear layers with ReLU between them, on each vector by itself.</summary>
    Mlp,

    /// <summary>A bidirectional LSTM over the vectors, then two linear layers: each vector knows its neighbours.</summary>
    Lstm,
}
