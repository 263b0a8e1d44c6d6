using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Products;

/// <summary>The arithmetic of <see cref="JointProduct"/>, and the order of its tensors.</summary>
internal sealed class JointPlan
{
    // A magnitude of zero would make the gradient, for which the output is divided by it, 0 / 0.
    private const double LeastMagnitude = 1e-20;

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

            Group group = GroupOf(term.Input, input);
            group.Members.Add(new Member(i, term, group.Rank, term.A.size(0), Argument: Arguments.Count));
            group.Rank += group.Members[^1].Rank;
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
        List<Tensor> outputs = new(_products.Count);
        foreach (LayerProduct product in _products)
        {
            outputs.Add(product.Base.Multiply(input, addsBias: product.Term?.Magnitudes is null));
        }

        List<Tensor> given = [input];
        List<Tensor> created = [];
        foreach (Group group in _groups)
        {
            if (group.IsOwn)
            {
                given.Add(group.Input);
            }

            Tensor a = group.StackedA();
            Tensor inner = a.mm(Rows(group.Input).t());   // [ranks, rows]
            created.AddRange([a, inner]);
            foreach (Member member in group.Members)
            {
                Tensor b = member.Term.B.detach().clone();
                Tensor output = outputs[member.Product];
                Rows(output).addmm_(member.Of(inner).t(), b.t(), 1f, (float)member.Term.Scaling);
                created.Add(b);
                if (member.Term.Magnitudes is { } magnitudes)
                {
                    created.AddRange(Scale(_products[member.Product], output, magnitudes));
                }
            }
        }

        foreach (LayerProduct product in _products)
        {
            if (product.Base.Weight is { } weight)
            {
                given.Add(weight);
            }
        }

        return (outputs, given, created);
    }

    /// <summary>Computes the gradients of <see cref="Arguments"/>.</summary>
    /// <param name="saved">The tensors from <see cref="Forward"/>, the given ones first.</param>
    /// <param name="gradients">The gradients of the outputs.</param>
    internal Tensor[] Backward(List<Tensor> saved, List<Tensor> gradients)
    {
        var result = new Tensor[Arguments.Count];   // null for none
        Tensor[] rows = [.. gradients];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = Rows(rows[i]);
        }

        int given = 1;
        int weights = given;
        foreach (Group group in _groups)
        {
            weights += group.IsOwn ? 1 : 0;
        }

        int next = weights;
        foreach (LayerProduct product in _products)
        {
            next += product.Base.Weight is null ? 0 : 1;
        }

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
            foreach (Member member in group.Members)
            {
                result[member.Argument] = member.Of(factors);
            }

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
                sum = _products[i].Base.AddGradient(sum, rows[i], _products[i].Base.Weight is null ? null : saved[weights++]);
            }

            result[0] = sum!.view_as(saved[0]);
        }

        return result;
    }

    // With dropout, each layer has an input of its own.
    private Group GroupOf(Tensor termInput, Tensor input)
    {
        foreach (Group group in _groups)
        {
            if (ReferenceEquals(group.Input, termInput))
            {
                return group;
            }
        }

        _groups.Add(new Group(termInput, IsOwn: !ReferenceEquals(termInput, input), Argument: Arguments.Count));
        Arguments.Add(termInput);
        return _groups[^1];
    }

    // The output before the bias, its factors m / n and m.
    private static Tensor[] Scale(LayerProduct product, Tensor output, Tensor magnitudes)
    {
        Tensor safe = Operators.AwayFromZero(magnitudes, LeastMagnitude);
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

    private static Tensor Rows(Tensor x) => x.reshape(-1, x.size(-1));

    // Terms with one input, whose factors A are stacked.
    private sealed record Group(Tensor Input, bool IsOwn, int Argument)
    {
        internal List<Member> Members { get; } = [];

        internal long Rank { get; set; }

        // A copy also of a single one, which TorchSharp's cat would give back as it is.
        internal Tensor StackedA()
        {
            if (Members.Count == 1)
            {
                return Members[0].Term.A.detach().clone();
            }

            var factors = new Tensor[Members.Count];
            for (int i = 0; i < factors.Length; i++)
            {
                factors[i] = Members[i].Term.A;
            }

            return cat(factors, 0);
        }
    }

    // The arguments of a term are A, B and the magnitudes. The backward pass does not touch them: they may be disposed by then.
    private readonly record struct Member(int Product, LowRankTerm Term, long Offset, long Rank, int Argument)
    {
        internal Tensor Of(Tensor stacked) => stacked.narrow(0, Offset, Rank);
    }
}
