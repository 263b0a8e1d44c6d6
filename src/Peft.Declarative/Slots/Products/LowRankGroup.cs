using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Products;

/// <summary>Low-rank terms with one input. Their factors <c>A</c> are stacked, so that there is one product for all of them.</summary>
/// <param name="input">The input […, in].</param>
/// <param name="isOwn">Whether it is not the input of the layers, but what dropout leaves of it.</param>
/// <param name="trainsA">Whether the factors <c>A</c> are trained.</param>
/// <param name="argument">The place of the input among the arguments.</param>
internal sealed class LowRankGroup(Tensor input, bool isOwn, bool trainsA, int argument)
{
    private readonly List<Tensor> _factors = [];   // A, each one once
    private readonly List<LowRankMember> _members = [];
    private readonly long[]? _shape = isOwn ? TensorSizes.Of(input) : null;
    private long _ranks;
    private SavedInput? _input;   // for the gradients of A
    private int _a;
    private int _inner;

    /// <summary>Whether a term can be computed with those of this group.</summary>
    internal bool Takes(LowRankTerm term) => ReferenceEquals(input, term.Input) && term.A.requires_grad == trainsA;

    /// <summary>Adds a term.</summary>
    /// <param name="product">The index of its layer.</param>
    /// <param name="term">The term.</param>
    /// <param name="arguments">Receives what has a gradient.</param>
    internal void Add(int product, LowRankTerm term, List<object> arguments)
    {
        long offset = _ranks;
        bool isFirst = true;
        foreach (LowRankMember member in _members)
        {
            if (term.SharesA(member.Term))
            {
                (offset, isFirst) = (member.Offset, false);
            }
        }

        if (isFirst)
        {
            _factors.Add(term.A);
            _ranks += term.A.size(0);
        }

        _members.Add(new LowRankMember(term, product, offset, isFirst, arguments.Count));
        arguments.Add(term.Vectors?.Inner ?? term.A);
        arguments.Add(term.Vectors?.Outer ?? term.B);
    }

    /// <summary>Adds the terms to the outputs in place.</summary>
    internal void Forward(List<Tensor> outputs, SavedTensors saved)
    {
        _input = trainsA ? saved.AddInput(input) : null;
        Tensor a = StackedA();
        Tensor inner = nn.functional.linear(a, JointPlan.Rows(input));   // [ranks, rows]
        _a = ReferenceEquals(a, _factors[0]) ? saved.Add(a) : saved.AddNew(a);
        _inner = saved.AddNew(inner);
        foreach (LowRankMember member in _members)
        {
            member.Forward(outputs, inner, saved);
        }
    }

    /// <summary>Computes the gradients of the terms, and adds that of the layers' input to a sum.</summary>
    /// <param name="sum">The gradient of the layers' input so far [rows, in]; null for none.</param>
    /// <param name="gradients">The gradients of the outputs, each [rows, out].</param>
    /// <param name="saved">The tensors from <see cref="Forward"/>.</param>
    /// <param name="result">Receives the gradients of the arguments.</param>
    /// <param name="needsInput">Whether the input has a gradient.</param>
    internal Tensor? Backward(Tensor? sum, Tensor[] gradients, List<Tensor> saved, List<Tensor> result, bool needsInput)
    {
        Tensor inner = saved[_inner];
        Tensor? innerGradient = needsInput || trainsA ? inner.new_empty(inner.size(0), inner.size(1)) : null;
        foreach (LowRankMember member in _members)
        {
            member.Backward(gradients, inner, innerGradient, saved, result);
        }

        if (trainsA)
        {
            Tensor factors = innerGradient!.mm(JointPlan.Rows(_input!.From(saved)));
            foreach (LowRankMember member in _members)
            {
                result[member.Argument] = member.Of(factors);
            }
        }

        if (!needsInput)
        {
            return sum;
        }

        if (isOwn)
        {
            result[argument] = innerGradient!.t().mm(saved[_a]).view(_shape!);
            return sum;
        }

        return sum is null ? innerGradient!.t().mm(saved[_a]) : sum.addmm_(innerGradient!.t(), saved[_a], 1f, 1f);
    }

    // A copy of what is trained, also of a single one, which TorchSharp's cat would give back as it is.
    private Tensor StackedA() => _factors.Count > 1 ? cat(_factors, 0)
        : trainsA ? _factors[0].clone()
        : _factors[0];
}
