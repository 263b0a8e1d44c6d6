using System.Runtime.InteropServices;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Products;

/// <summary>The arithmetic of <see cref="JointProduct"/>, and the order of its tensors.</summary>
internal sealed class JointPlan
{
    private const int Input = 1;   // among the arguments

    private readonly LayerProduct[] _products;
    private readonly List<LowRankGroup> _groups = new(1);
    private readonly int[] _weights;   // their places
    private readonly bool _needsInput;
    private readonly ScalarType _type;
    private readonly long[] _shape;

    internal JointPlan(Tensor input, LayerProduct[] products, ScalarType type = ScalarType.Float32)
    {
        _type = type;
        _products = products;
        _weights = new int[products.Length];
        _needsInput = input.requires_grad;
        _shape = TensorSizes.Of(input);
        Arguments = [this, input];
        for (int i = 0; i < products.Length; i++)
        {
            if (products[i].Term is not { } term)
            {
                continue;
            }

            if (term.LowRank is { } lowRank)
            {
                GroupOf(lowRank, input).Add(i, lowRank, Arguments);
            }

            term.OnOutput?.AddTo(Arguments);
            term.OnInput?.AddTo(Arguments);
        }
    }

    /// <summary>The arguments of the function: this plan, and the tensors on which the outputs depend. The input is the first.</summary>
    internal List<object> Arguments { get; }

    /// <summary>A tensor […, width] as [rows, width].</summary>
    internal static Tensor Rows(Tensor x) => x.dim() switch
    {
        1 => x.unsqueeze(0),
        2 => x,
        _ => x.flatten(0, -2),
    };

    /// <summary>Computes the outputs.</summary>
    /// <param name="input">The input […, in].</param>
    /// <param name="saved">Receives what the backward pass needs.</param>
    internal List<Tensor> Forward(Tensor input, SavedTensors saved)
    {
        List<Tensor> outputs = new(_products.Length);
        foreach (LayerProduct product in _products)
        {
            Tensor factor = product.Term?.OnInput?.Scale(input, saved) ?? input;
            bool isComplete = product is { Term: null, Base: { ReadsBFloat16: true, HasBias: false } };   // nothing is added in float32
            outputs.Add(product.Base.Multiply(
                product.Base.ReadsBFloat16 ? saved.Narrow(factor) : factor,
                addsBias: product.Term?.OnOutput is not { BiasIsLast: true },
                isComplete ? _type : ScalarType.Float32));
        }

        foreach (LowRankGroup group in _groups)
        {
            group.Forward(outputs, saved);
        }

        for (int i = 0; i < _products.Length; i++)
        {
            LayerProduct product = _products[i];
            product.Term?.OnOutput?.Scale(product.Base, outputs[i], saved);
            outputs[i] = outputs[i].dtype == _type ? outputs[i] : outputs[i].to(_type);
            _weights[i] = product.Base.Weight is { } weight ? saved.Add(weight) : -1;
        }

        return outputs;
    }

    /// <summary>Computes the gradients of <see cref="Arguments"/>.</summary>
    /// <param name="saved">The tensors from <see cref="Forward"/>.</param>
    /// <param name="gradients">The gradients of the outputs.</param>
    internal List<Tensor> Backward(List<Tensor> saved, List<Tensor> gradients)
    {
        List<Tensor> result = new(Arguments.Count);
        CollectionsMarshal.SetCount(result, Arguments.Count);   // null for those that have none
        var rows = new Tensor[gradients.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            Tensor given = Rows(gradients[i]);
            LayerTerm? term = _products[i].Term;
            given = term is null ? given : KeptActivations.Wide(given);
            rows[i] = term?.OnOutput is { } factors ? factors.Backward(given, saved, result) : given;
        }

        Tensor? sum = null;
        foreach (LowRankGroup group in _groups)
        {
            sum = group.Backward(sum, rows, saved, result, _needsInput);
        }

        for (int i = 0; i < rows.Length; i++)
        {
            Tensor? weight = _weights[i] < 0 ? null : saved[_weights[i]];
            if (_products[i].Term?.OnInput is { } factors)
            {
                Tensor own = factors.Backward(_products[i].Base.AddGradient(null, rows[i], weight), saved, result);
                sum = sum is null ? own : sum.add_(own, Scalars.One);
            }
            else if (_needsInput)
            {
                sum = _products[i].Base.AddGradient(sum, rows[i], weight);
            }
        }

        if (_needsInput)
        {
            result[Input] = sum!.view(_shape);
        }

        return result;
    }

    // With dropout, each layer has an input of its own.
    private LowRankGroup GroupOf(LowRankTerm term, Tensor input)
    {
        foreach (LowRankGroup group in _groups)
        {
            if (group.Takes(term))
            {
                return group;
            }
        }

        bool isOwn = !ReferenceEquals(term.Input, input);
        _groups.Add(new LowRankGroup(term.Input, isOwn, trainsA: term.A.requires_grad, isOwn ? Arguments.Count : 0));
        if (isOwn)
        {
            Arguments.Add(term.Input);
        }

        return _groups[^1];
    }
}
