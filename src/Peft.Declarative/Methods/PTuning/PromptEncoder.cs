namespace Peft.Declarative;

/// <summary>The network that makes the vectors of P-tuning.</summary>
public enum PromptEncoder
{
    /// <summary>Three linear layers with ReLU between them, on each vector by itself.</summary>
    Mlp,

    /// <summary>A bidirectional LSTM over the vectors, then two linear layers: each vector knows its neighbours.</summary>
    Lstm,
}
