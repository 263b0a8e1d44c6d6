namespace Peft.Declarative;

/// <summary>A LoRA adapter that was made from other adapters, with its distance from what it replaces.</summary>
/// <param name="Adapter">The new adapter. It is on the model and not active.</param>
/// <param name="LayerErrors">
/// The relative error <c>‖ΔW − B A‖ / ‖ΔW‖</c> (Frobenius) of each layer by its checkpoint name: 0 where the factorization is exact.
/// </param>
/// <param name="RelativeError">The same over all layers together.</param>
public sealed record LoraApproximation(Adapter Adapter, IReadOnlyDictionary<string, double> LayerErrors, double RelativeError);
