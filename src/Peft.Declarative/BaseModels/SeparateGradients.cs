using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Collects gradients of trained tensors apart from those that they have. A backward pass adds to the gradient of each one, which is therefore set aside
/// until this object is disposed.
/// </summary>
internal sealed class SeparateGradients : IDisposable
{
    private readonly Tensor[] _tensors;
    private readonly Tensor?[] _former;

    /// <summary>Sets gradients aside.</summary>
    internal SeparateGradients(Tensor[] tensors)
    {
        _tensors = tensors;
        _former = Array.ConvertAll(tensors, tensor => tensor.grad);
        SetAll(null);
    }

    /// <summary>The trained tensors on which a result depends.</summary>
    /// <param name="result">A result without elements, so that its backward pass costs nothing. It ends this result's graph.</param>
    /// <param name="candidates">Tensors, some of which may require no gradient.</param>
    internal static Tensor[] UsedBy(Tensor result, IEnumerable<Tensor> candidates)
    {
        using DisposeScope scope = NewDisposeScope();
        HashSet<IntPtr> seen = [];
        List<Tensor> all = [];
        foreach (Tensor tensor in candidates)
        {
            if (tensor.requires_grad && seen.Add(tensor.Handle))
            {
                all.Add(tensor);
            }
        }

        using var gradients = new SeparateGradients([.. all]);
        autograd.backward([result], [zeros_like(result)]);
        Tensor?[] found = gradients.Take();
        List<Tensor> used = [];
        for (int i = 0; i < found.Length; i++)
        {
            if (found[i] is not null)
            {
                used.Add(all[i]);
            }
        }

        return [.. used];
    }

    /// <summary>Whether a result trains other tensors than these.</summary>
    /// <param name="tensors">Trained tensors.</param>
    /// <param name="compute">Computes the result.</param>
    internal static bool AreTrainedBesides(Tensor[] tensors, Func<Tensor> compute)
    {
        using DisposeScope scope = NewDisposeScope();
        try
        {
            Array.ForEach(tensors, tensor => tensor.requires_grad = false);
            return compute().requires_grad;
        }
        finally
        {
            Array.ForEach(tensors, tensor => tensor.requires_grad = true);
        }
    }

    /// <summary>The gradients since then; null for none.</summary>
    internal Tensor?[] Take() => Array.ConvertAll(_tensors, tensor => tensor.grad);

    /// <summary>Gives the tensors their former gradients.</summary>
    public void Dispose()
    {
        SetAll(_former);
        Array.ForEach(_former, gradient => gradient?.Dispose());
    }

    private void SetAll(Tensor?[]? gradients)
    {
        for (int i = 0; i < _tensors.Length; i++)
        {
            _tensors[i].grad = gradients?[i];
        }
    }
}
