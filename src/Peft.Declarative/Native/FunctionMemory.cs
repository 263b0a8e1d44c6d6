using System.Collections.Concurrent;
using System.Reflection;
using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>
/// Frees what TorchSharp keeps for each call of a custom autograd function: a tensor of the size of the output, in case that no gradient arrives, until the
/// backward pass; and the gradients that a backward function receives and returns, until the step's dispose scope ends. Over all layers this is as much as
/// the activations.
/// </summary>
internal static class FunctionMemory
{
    private static readonly FieldInfo? NodeOfContext = typeof(autograd.AutogradContext).GetField("_node", BindingFlags.NonPublic | BindingFlags.Instance);

    // A node is of a generic class, so each function has its own field.
    private static readonly ConcurrentDictionary<Type, FieldInfo?> SparesOfNode = new();

    [ThreadStatic]
    private static autograd.AutogradContext? _context;

    [ThreadStatic]
    private static List<Tensor>? _returned;

    /// <summary>Ends a forward function. Nothing may be computed between this and its return.</summary>
    internal static TOutput EndForward<TOutput>(autograd.AutogradContext context, TOutput output)
    {
        _context = context;
        return output;
    }

    /// <summary>Frees the spare tensor of the function that has just been applied. Only for functions whose output always receives a gradient.</summary>
    /// <param name="output">The result of <c>apply</c>.</param>
    internal static TOutput WithoutSpare<TOutput>(TOutput output)
    {
        autograd.AutogradContext? context = _context;
        _context = null;
        if (context is not null && NodeOfContext?.GetValue(context) is { } node && SparesOf(node) is { } spares)
        {
            for (int i = 0; i < spares.Count; i++)
            {
                spares[i]?.Dispose();
                spares[i] = null;
            }
        }

        return output;
    }

    /// <summary>
    /// Ends a backward function with one gradient: frees the one that it received, and that which the previous one returned. libtorch has taken it over by then.
    /// </summary>
    internal static Tensor EndBackward(Tensor received, Tensor returned)
    {
        EndBackward([received], [returned]);
        return returned;
    }

    /// <summary>Ends a backward function with several gradients; <see langword="null"/> for arguments that have none.</summary>
    internal static List<Tensor> EndBackward(List<Tensor> received, List<Tensor> returned)
    {
        foreach (Tensor gradient in received)
        {
            gradient?.Dispose();
        }

        foreach (Tensor former in _returned ?? [])
        {
            former?.Dispose();
        }

        foreach (Tensor gradient in returned)
        {
            gradient?.DetachFromDisposeScope();
        }

        _returned = returned;
        return returned;
    }

    private static List<Tensor?>? SparesOf(object node) =>
        SparesOfNode.GetOrAdd(node.GetType(), type => type.GetField("_outputCache", BindingFlags.NonPublic | BindingFlags.Instance))?.GetValue(node) as List<Tensor?>;
}
