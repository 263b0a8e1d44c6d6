using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// Selective gradient checkpointing: remembers how results were computed that are cheap to compute again, so that a product which needs one in its backward
/// pass keeps what it was computed from, which is kept anyway. Korthikanti et al. 2022, arXiv 2205.05198, section 5.
/// </summary>
internal static class Recomputation
{
    // A result is forgotten with its managed object.
    private static readonly ConditionalWeakTable<Tensor, Recipe> Recipes = [];

    [ThreadStatic]
    private static Piece? _current;

    /// <summary>Whether this thread remembers results.</summary>
    internal static bool IsOn => _current is not null;

    /// <summary>Remembers results of this thread until the returned object is disposed.</summary>
    /// <param name="on">Whether to do so; <see langword="false"/> remembers nothing.</param>
    internal static IDisposable? Begin(bool on) => on ? new Piece() : null;

    /// <summary>Computes a result, and remembers how if it has a gradient: autograd then keeps its sources until the backward pass.</summary>
    /// <param name="sources">What it is computed from.</param>
    /// <param name="compute">The computation, a pure function of the sources, whose own gradient needs nothing but them.</param>
    internal static Tensor Of(Tensor[] sources, Func<IReadOnlyList<Tensor>, Tensor> compute)
    {
        Tensor result = compute(sources);
        if (result.requires_grad)
        {
            Recipes.AddOrUpdate(result, new Recipe(_current!.Keep(sources), compute));
        }

        return result;
    }

    /// <summary>How a tensor can be computed again; null if nothing is known about it.</summary>
    internal static Recipe? RecipeOf(Tensor result) => IsOn && Recipes.TryGetValue(result, out Recipe? recipe) ? recipe : null;

    /// <summary>How a result is computed.</summary>
    /// <param name="Sources">What it is computed from, valid during the piece.</param>
    /// <param name="Compute">The computation.</param>
    internal sealed record Recipe(Tensor[] Sources, Func<IReadOnlyList<Tensor>, Tensor> Compute);

    // A part of a forward pass. Sources outlive the dispose scope of the layer that computed with them: the layer that needs the result comes after it.
    private sealed class Piece : IDisposable
    {
        private readonly Piece? _outer = _current;
        private readonly List<Tensor> _kept = [];

        internal Piece() => _current = this;

        internal Tensor[] Keep(Tensor[] sources)
        {
            Tensor[] kept = Array.ConvertAll(sources, source => source.detach().DetachFromDisposeScope());
            _kept.AddRange(kept);
            return kept;
        }

        public void Dispose()
        {
            _kept.ForEach(tensor => tensor.Dispose());
            _current = _outer;
        }
    }
}
