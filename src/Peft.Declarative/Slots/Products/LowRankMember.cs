using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Products;

/// <summary>One term of a <see cref="LowRankGroup"/>: what comes after <c>A x</c>.</summary>
/// <remarks>
/// Copies of what is trained are saved, which is small: an optimizer may change the parameters before the backward pass, and the model may be disposed.
/// </remarks>
/// <param name="term">The term.</param>
/// <param name="product">The index of its layer.</param>
/// <param name="offset">The first of its rows in what is stacked.</param>
/// <param name="isFirst">Whether it is the first with its <c>A</c>.</param>
/// <param name="argument">The place of its first argument: <c>A</c>, then <c>B</c>; with vectors, <c>d</c>, then <c>b</c>.</param>
internal sealed class LowRankMember(LowRankTerm term, int product, long offset, bool isFirst, int argument)
{
    private readonly long _rank = term.A.size(0);
    private readonly float _scaling = (float)term.Scaling;
    private readonly bool _trainsB = term.B.requires_grad;
    private int _b;
    private int _inner;
    private int _outer;

    /// <summary>The term. The backward pass reads no tensor of it.</summary>
    internal LowRankTerm Term => term;

    /// <summary>The first of its rows in what is stacked.</summary>
    internal long Offset => offset;

    /// <summary>The place of its first argument.</summary>
    internal int Argument => argument;

    /// <summary>Its rows of what is stacked.</summary>
    internal Tensor Of(Tensor stacked) => stacked.size(0) == _rank ? stacked : stacked.narrow(0, offset, _rank);

    /// <summary>Adds the term to the outputs of its layer in place.</summary>
    /// <param name="outputs">The outputs of all layers.</param>
    /// <param name="inner">The stacked <c>A x</c> [ranks, rows].</param>
    /// <param name="saved">Receives what the backward pass needs.</param>
    internal void Forward(List<Tensor> outputs, Tensor inner, SavedTensors saved)
    {
        Tensor b;
        if (term.Vectors is { } vectors)
        {
            _b = saved.Add(term.B);
            _inner = saved.AddNew(vectors.Inner.clone());
            _outer = saved.AddNew(vectors.Outer.clone());
            b = FactorVectors.Scaled(term.B, vectors.Inner, vectors.Outer).t();
        }
        else
        {
            b = term.B.t().clone();
            _b = saved.AddNew(b);
        }

        JointPlan.Rows(outputs[product]).addmm_(Of(inner).t(), b, 1f, _scaling);
    }

    /// <summary>Computes the gradients of <c>B</c> or of the vectors, and adds to that of <c>A x</c>.</summary>
    /// <param name="gradients">The gradients of the outputs of all layers, each [rows, out].</param>
    /// <param name="inner">The stacked <c>A x</c> [ranks, rows].</param>
    /// <param name="innerGradient">Its gradient; null if nothing needs it.</param>
    /// <param name="saved">The tensors from <see cref="Forward"/>.</param>
    /// <param name="result">Receives the gradients of the arguments.</param>
    internal void Backward(Tensor[] gradients, Tensor inner, Tensor? innerGradient, List<Tensor> saved, List<Tensor> result)
    {
        bool hasVectors = term.Vectors is not null;
        Tensor gradient = gradients[product];
        if (innerGradient is not null)
        {
            Tensor b = hasVectors ? FactorVectors.Scaled(saved[_b], saved[_inner], saved[_outer]).t() : saved[_b];   // [rank, out]
            Of(innerGradient).addmm_(b, gradient.t(), isFirst ? 0f : 1f, _scaling);
        }

        if (!hasVectors && !_trainsB)
        {
            return;
        }

        Tensor change = inner.new_empty(_rank, gradient.size(1)).addmm_(Of(inner), gradient, 0f, _scaling);   // [rank, out]
        if (hasVectors)
        {
            (result[argument], result[argument + 1]) = FactorVectors.Gradients(change, saved[_b], saved[_inner], saved[_outer]);
        }
        else
        {
            result[argument + 1] = change.t();
        }
    }
}
