using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.AdapterFusion;

/// <summary>The loss term that keeps the value matrices of fusions near the identity.</summary>
public static class FusionRegularization
{
    // The reference library's weight.
    private const double Weight = 0.01;

    /// <summary>
    /// Computes the term, to be added to the loss once per step: <c>0.01 · Σ ‖V − I‖²</c> over all slots. Zero without value matrices.
    /// </summary>
    /// <param name="fusion">A fusion on a model.</param>
    public static Tensor Of(Adapter fusion)
    {
        ArgumentNullException.ThrowIfNull(fusion);
        using DisposeScope scope = NewDisposeScope();
        Tensor[] distances = [.. fusion.Parts.Select(entry => (entry.Part as FusionLayer)?.DistanceFromIdentity()).OfType<Tensor>()];
        return (distances.Length == 0 ? zeros(1).squeeze() : stack(distances).sum() * Scalars.Of(Weight)).MoveToOuterDisposeScope();
    }
}
