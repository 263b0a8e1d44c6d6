using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>
/// The weights of the input embedding and the output head that an adapter's file contains although the adapter does not train them. The reference
/// library saves them if the vocabulary was extended, or if it cannot tell.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="size">The size of its vocabulary; 0 if it does not say.</param>
/// <param name="originalSize">The size before rows were added.</param>
internal sealed class VocabularyTensors(nn.Module model, int size, int originalSize)
{
    private readonly List<(Tensor From, Tensor To)> _rows = [];

    /// <summary>The number of tokens of the vocabulary on which the adapter was trained, if it is larger than the model's.</summary>
    internal long? Grown { get; private set; }

    /// <summary>Removes the tensors of vocabulary layers from the names that are not matched yet.</summary>
    /// <param name="saved">The tensors of the file.</param>
    /// <param name="unused">The names that are not matched yet.</param>
    /// <param name="problems">Receives the problems.</param>
    internal void Take(IReadOnlyDictionary<string, Tensor> saved, HashSet<string> unused, List<string> problems)
    {
        foreach (LayerSlot slot in VocabularySlots.Of(model))
        {
            string[] names =
            [
                $"{AdapterKeys.Model}{slot.Path}.{nameof(WeightLayer.weight)}",
                $"{AdapterKeys.Model}{slot.Path}.{AdapterKeys.BaseLayer}.{nameof(WeightLayer.weight)}",
            ];
            foreach (string name in names.Where(unused.Contains))
            {
                unused.Remove(name);
                if (Problem(saved[name], slot.Base!.BaseWeight) is { } problem)
                {
                    problems.Add($"'{UntrustedText.Shown(name)}' {problem}");
                }
            }
        }
    }

    /// <summary>Determines whether a tensor of the file has more rows than the model, which then lacks tokens.</summary>
    internal bool IsGrown(Tensor saved, long[] expected)
    {
        if (size > 0 && saved.dim() == expected.Length && saved.shape.Zip(expected).Count(pair => pair.First != pair.Second) == 1
            && saved.shape.Zip(expected).Any(pair => pair.Second == size && pair.First > size))
        {
            Grown = saved.shape.Zip(expected).First(pair => pair.First != pair.Second).First;
            return true;
        }

        return false;
    }

    /// <summary>Copies the rows of added tokens into the base.</summary>
    internal void CopyRows()
    {
        foreach ((Tensor from, Tensor to) in _rows)
        {
            to.copy_(from);
        }
    }

    private string? Problem(Tensor saved, Tensor own)
    {
        if (IsGrown(saved, own.shape))
        {
            return $"has {saved.size(0)} rows, but the model has {size} tokens";
        }

        if (!saved.shape.SequenceEqual(own.shape))
        {
            return $"is [{string.Join(", ", saved.shape)}], but the model has [{string.Join(", ", own.shape)}]";
        }

        if (!BaseWeights.Same(saved.narrow(0, 0, originalSize), own.narrow(0, 0, originalSize)))
        {
            return "is another base model's weight, or was trained without being in 'modules_to_save'";
        }

        if (size > originalSize)
        {
            _rows.Add((saved.narrow(0, originalSize, size - originalSize), own.narrow(0, originalSize, size - originalSize)));
        }

        return null;
    }
}

/// <summary>Compares weights of files with those of a base, which can have another element type.</summary>
internal static class BaseWeights
{
    internal static bool Same(Tensor saved, Tensor own)
    {
        if (!saved.shape.SequenceEqual(own.shape))
        {
            return false;
        }

        using DisposeScope scope = NewDisposeScope();
        return saved.to(ScalarType.Float32).allclose(own.detach().cpu().to(ScalarType.Float32), rtol: 1e-2, atol: 1e-3);
    }
}
