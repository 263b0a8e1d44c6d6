using Peft.Declarative.Methods.Lora.Combination;

namespace Peft.Declarative;

/// <summary>Makes LoRA adapters from the adapters of a model: weighted mixes, task arithmetic, and conversion of other methods.</summary>
public static class LoraCombinationExtensions
{
    /// <summary>Combines adapters into a new LoRA adapter, which is added to the model and not active.</summary>
    /// <param name="adapters">The adapters of the model.</param>
    /// <param name="name">The name of the new adapter.</param>
    /// <param name="weights">
    /// The names of adapters of any mergeable method and rank, and their weights, which are used as they are; a negative weight subtracts.
    /// </param>
    /// <param name="combination">How they are combined; their exact weighted sum unless given.</param>
    /// <returns>The new adapter and its error, which is 0 for an exact sum.</returns>
    /// <exception cref="PeftException">
    /// PEFT703: the model has no adapter of a name. PEFT304: the new name is taken. PEFT202: a number is out of range. PEFT303: an adapter is no change of
    /// weights, or the ranks differ where the factors are combined. PEFT306: an adapter is merged. Nothing has changed.
    /// </exception>
    /// <example>
    /// <code>
    /// model.Adapters.Combine("pirate-poet", [("pirate", 0.7), ("poet", 0.3)]).Adapter.Activate();
    /// </code>
    /// </example>
    public static LoraApproximation Combine(
        this AdapterSet adapters, string name, IReadOnlyList<(string Name, double Weight)> weights, LoraCombination? combination = null)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(weights);
        return LoraCombiner.Combine(adapters, name, weights, combination ?? new LoraCombination());
    }

    /// <summary>
    /// Converts an adapter of any method that changes matrices, such as DoRA, VeRA, LoHa or full fine-tuning of linear layers, to the LoRA adapter of a rank that
    /// is closest to it, for programs that serve LoRA only. Trained biases of such layers go along as biases of <c>B</c>.
    /// </summary>
    /// <param name="adapters">The adapters of the model.</param>
    /// <param name="name">The name of an adapter of the model.</param>
    /// <param name="newName">The name of the new adapter.</param>
    /// <param name="rank">
    /// Its rank, at least 1, which all layers have: such programs read one rank and one alpha. Where a change has a smaller rank, the rest of the factors is zero.
    /// </param>
    /// <returns>The new adapter and its error.</returns>
    /// <exception cref="PeftException">As for <see cref="Combine"/>.</exception>
    /// <example>
    /// <code>
    /// LoraApproximation lora = model.Adapters.ConvertToLora("captain", "captain-lora", rank: 16);
    /// Console.WriteLine($"off by {lora.RelativeError:P1}");
    /// lora.Adapter.Save("personas/captain-lora");
    /// </code>
    /// </example>
    public static LoraApproximation ConvertToLora(this AdapterSet adapters, string name, string newName, int rank) =>
        adapters.Combine(newName, [(name, 1)], new LoraCombination { Rank = rank, HasOneRank = true });

    /// <summary>Moves from one adapter to another: <c>(1 − share) · from + share · to</c>, exactly.</summary>
    /// <param name="adapters">The adapters of the model.</param>
    /// <param name="name">The name of the new adapter.</param>
    /// <param name="from">The adapter at a share of 0.</param>
    /// <param name="to">The adapter at a share of 1.</param>
    /// <param name="share">How far to move. Values below 0 and above 1 extrapolate.</param>
    /// <returns>The new adapter and its error.</returns>
    /// <exception cref="PeftException">As for <see cref="Combine"/>.</exception>
    public static LoraApproximation Interpolate(this AdapterSet adapters, string name, string from, string to, double share) =>
        adapters.Combine(name, [(from, 1 - share), (to, share)]);

    /// <summary>Negates an adapter, so that the model unlearns what the adapter taught. Ilharco et al. 2023, arXiv 2212.04089.</summary>
    /// <param name="adapters">The adapters of the model.</param>
    /// <param name="name">The name of the new adapter.</param>
    /// <param name="adapter">The adapter to negate.</param>
    /// <returns>The new adapter and its error.</returns>
    /// <exception cref="PeftException">As for <see cref="Combine"/>.</exception>
    public static LoraApproximation Negate(this AdapterSet adapters, string name, string adapter) => adapters.Combine(name, [(adapter, -1)]);
}

/// <summary>A LoRA adapter that was made from other adapters, with its distance from what it replaces.</summary>
/// <param name="Adapter">The new adapter. It is on the model and not active.</param>
/// <param name="LayerErrors">
/// The relative error <c>‖ΔW − B A‖ / ‖ΔW‖</c> (Frobenius) of each layer by its checkpoint name: 0 where the factorization is exact.
/// </param>
/// <param name="RelativeError">The same over all layers together.</param>
public sealed record LoraApproximation(Adapter Adapter, IReadOnlyDictionary<string, double> LayerErrors, double RelativeError);
