using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Products;

/// <summary>The arithmetic of <see cref="JointProduct"/>, and the order of its tensors.</summary>
internal sealed class JointPlan
{
    // A magnitude of zero would make the gradient, for which the output is divided by it, 0 / 0.
    private const float LeastMagnitude = 1e-20f;

    private readonly IReadOnlyList<LayerProduct> _products;
    private readonly List<Group> _groups = [];
    private readonly bool _needsInput;

    internal JointPlan(Tensor input, IReadOnlyList<LayerProduct> products)
    {
        _products = products;
        _needsInput = input.requires_grad;
        Arguments = [input];
        for (int i = 0; i < products.Count; i++)
        {
            if (products[i].Term is not { } term)
            {
                continue;
            }

            Group? group = _groups.Find(group => ReferenceEquals(group.Input, term.Input));
            if (group is null)
            {
                _groups.Add(group = new Group(term.Input, IsOwn: !ReferenceEquals(term.Input, input), Argument: Arguments.Count));
                Arguments.Add(term.Input);
            }

            group.Members.Add(new Member(i, term, group.Rank, Argument: Arguments.Count));
            group.Rank += term.A.size(0);
            Arguments.AddRange([term.A, term.B]);
            if (term.Magnitudes is { } magnitudes)
            {
                Arguments.Add(magnitudes);
            }
        }
    }

    /// <summary>The tensors on which the outputs depend. The input is the first.</summary>
    internal List<Tensor> Arguments { get; }

    /// <summary>Computes the outputs, and what the backward pass needs: tensors that the caller has, and new ones.</summary>
    internal (List<Tensor> Outputs, List<Tensor> Given, List<Tensor> New) Forward(Tensor input)
    {
        List<Tensor> outputs = [.. _products.Select(product => product.Base.Multiply(input, addsBias: product.Term?.Magnitudes is null))];
        List<Tensor> created = [];
        foreach (Group group in _groups)
        {
            Tensor a = Copy([.. group.Members.Select(member => member.Term.A)]);
            Tensor inner = a.mm(Rows(group.Input).t());   // [ranks, rows]
            created.AddRange([a, inner]);
            foreach (Member member in group.Members)
            {
                Tensor b = Copy([member.Term.B]);
                Tensor output = outputs[member.Product];
                Rows(output).addmm_(member.Of(inner).t(), b.t(), 1f, (float)member.Term.Scaling);
                created.Add(b);
                if (member.Term.Magnitudes is { } magnitudes)
                {
                    created.AddRange(Scale(_products[member.Product], output, magnitudes));
                }
            }
        }

        return (outputs, [input, .. _groups.Where(group => group.IsOwn).Select(group => group.Input)], created);
    }

    /// <summary>Computes the gradients of <see cref="Arguments"/>.</summary>
    /// <param name="saved">The tensors from <see cref="Forward"/>, the given ones first.</param>
    /// <param name="gradients">The gradients of the outputs.</param>
    internal Tensor?[] Backward(List<Tensor> saved, List<Tensor> gradients)
    {
        var result = new Tensor?[Arguments.Count];
        Tensor[] rows = [.. gradients.Select(Rows)];
        int given = 1;
        int next = 1 + _groups.Count(group => group.IsOwn);
        Tensor? sum = null;
        foreach (Group group in _groups)
        {
            (Tensor a, Tensor inner) = (saved[next++], saved[next++]);
            Tensor innerGradient = inner.new_empty(inner.size(0), inner.size(1));
            foreach (Member member in group.Members)
            {
                Tensor b = saved[next++];
                int product = member.Product;
                if (member.Term.Magnitudes is not null)
                {
                    (Tensor scaled, Tensor ratio, Tensor magnitudes) = (saved[next++], saved[next++], saved[next++]);
                    result[member.Argument + 2] = rows[product].mul(Rows(scaled)).sum(dim: 0).div_(magnitudes);
                    rows[product] = rows[product].mul(ratio);
                }

                float scaling = (float)member.Term.Scaling;
                member.Of(innerGradient).addmm_(b.t(), rows[product].t(), 0f, scaling);
                result[member.Argument + 1] = member.Of(inner).mm(rows[product]).mul_(Scalars.Of(scaling)).t();
            }

            Tensor input = saved[group.IsOwn ? given++ : 0];
            Tensor factors = innerGradient.mm(Rows(input));
            group.Members.ForEach(member => result[member.Argument] = member.Of(factors));
            if (_needsInput && group.IsOwn)
            {
                result[group.Argument] = innerGradient.t().mm(a).view_as(input);
            }
            else if (_needsInput)
            {
                sum = sum is null ? innerGradient.t().mm(a) : sum.addmm_(innerGradient.t(), a, 1f, 1f);
            }
        }

        if (_needsInput)
        {
            for (int i = 0; i < _products.Count; i++)
            {
                sum = _products[i].Base.AddGradient(sum, rows[i]);
            }

            result[0] = sum!.view_as(saved[0]);
        }

        return result;
    }

    // The output before the bias, its factors m / n and m.
    private static Tensor[] Scale(LayerProduct product, Tensor output, Tensor magnitudes)
    {
        Tensor least = full_like(magnitudes, Scalars.Of(LeastMagnitude));
        Tensor safe = where(magnitudes.abs().lt(least), least, magnitudes);
        Tensor ratio = safe / product.Term!.Norms!;
        output.mul_(ratio);
        if (!product.Base.HasBias)
        {
            return [output.detach(), ratio, safe];
        }

        Tensor scaled = output.clone();
        product.Base.AddBias(output);
        return [scaled, ratio, safe];
    }

    // TorchSharp's cat gives a single tensor back as it is.
    private static Tensor Copy(Tensor[] tensors) => tensors.Length == 1 ? tensors[0].detach().clone() : cat(tensors, 0);

    private static Tensor Rows(Tensor x) => x.reshape(-1, x.size(-1));

    // Terms with one input, whose factors A are stacked.
    private sealed record Group(Tensor Input, bool IsOwn, int Argument)
    {
        internal List<Member> Members { get; } = [];

        internal long Rank { get; set; }
    }

    // The arguments of a term are A, B and the magnitudes.
    private readonly record struct Member(int Product, LowRankTerm Term, long Offset, int Argument)
    {
        internal Tensor Of(Tensor stacked) => stacked.narrow(0, Offset, Term.A.size(0));
    }
}
