using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Products;

/// <summary>
/// An input that a backward pass needs: what <see cref="KeptActivations"/> keeps of the tensor, or with selective checkpointing what it is computed again from.
/// </summary>
internal sealed class SavedInput
{
    private readonly Func<IReadOnlyList<Tensor>, Tensor>? _compute;
    private readonly int _first;
    private readonly int _count;

    private SavedInput(Func<IReadOnlyList<Tensor>, Tensor>? compute, int first, int count) => (_compute, _first, _count) = (compute, first, count);

    /// <summary>Adds what is kept of an input to the tensors that autograd saves.</summary>
    internal static SavedInput Add(Tensor input, SavedTensors saved)
    {
        int first = saved.All.Count;
        if (Recomputation.RecipeOf(input) is { } recipe)
        {
            saved.All.AddRange(recipe.Sources);
            return new SavedInput(KeptActivations.AreNarrow ? Rounded(recipe.Compute) : recipe.Compute, first, recipe.Sources.Length);
        }

        return new SavedInput(null, KeptActivations.AreNarrow ? saved.AddNew(saved.Narrow(input)) : saved.Add(input), 1);
    }

    /// <summary>The input in float32, from the tensors that were saved.</summary>
    internal Tensor From(List<Tensor> saved)
    {
        if (_compute is null)
        {
            return KeptActivations.Wide(saved[_first]);
        }

        using IDisposable untracked = no_grad();
        return _compute(saved.GetRange(_first, _count));
    }

    // As it is without checkpointing.
    private static Func<IReadOnlyList<Tensor>, Tensor> Rounded(Func<IReadOnlyList<Tensor>, Tensor> compute) =>
        sources => KeptActivations.Wide(compute(sources).to(ScalarType.BFloat16));
}
