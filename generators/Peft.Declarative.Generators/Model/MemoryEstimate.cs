namespace Peft.Declarative.Generators.Model;

/// <summary>The memory of a training step in bytes, by what it is for.</summary>
/// <param name="Weights">The base, as declared.</param>
/// <param name="Adapters">The trained parameters.</param>
/// <param name="Gradients">Their gradients.</param>
/// <param name="Optimizer">The state of the optimizer.</param>
/// <param name="Activations">The tensors between the layers that the backward pass needs.</param>
/// <param name="Logits">The logits of a chunk of tokens, their loss and its gradient, and that of a trained head.</param>
internal sealed record MemoryEstimate(double Weights, double Adapters, double Gradients, double Optimizer, double Activations, double Logits)
{
    /// <summary>The peak. Gradients of parameters arise while activations are freed, so the larger of the two counts.</summary>
    internal double Total => Weights + Adapters + Optimizer + Math.Max(Activations + Logits, Gradients);

    /// <summary>The parts by name, those that count first.</summary>
    internal IEnumerable<(string Name, double Bytes)> Parts =>
    [
        ("weights", Weights), ("adapters", Adapters), ("gradients", Gradients), ("optimizer", Optimizer), ("activations", Activations), ("logits", Logits),
    ];
}
