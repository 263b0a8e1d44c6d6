using System.Collections.Concurrent;
using System.Linq.Expressions;
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
    private static readonly Func<object, object?>? NodeOfContext = Reader(typeof(autograd.AutogradContext), "_node");

    // A node is of a generic class, so each function has its own field.
    private static readonly ConcurrentDictionary<Type, Func<object, object?>?> SparesOfNode = new();

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
        if (context is not null && NodeOfContext?.Invoke(context) is { } node && SparesOf(node) is { } spares)
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
    /// Ends a backward function: frees the gradient that it received, and those which the previous one returned. libtorch has taken them over by then.
    /// </summary>
    /// <param name="received">The gradient of the output.</param>
    /// <param name="returned">The gradients of the arguments; <see langword="null"/> for those that have none.</param>
    internal static List<Tensor> EndBackward(Tensor received, List<Tensor> returned)
    {
        received.Dispose();
        return Keep(returned);
    }

    /// <summary>The same for a function with several outputs, of which some may have no gradient.</summary>
    internal static List<Tensor> EndBackward(List<Tensor> received, List<Tensor> returned)
    {
        foreach (Tensor gradient in received)
        {
            gradient?.Dispose();
        }

        return Keep(returned);
    }

    private static List<Tensor> Keep(List<Tensor> returned)
    {
        if (_returned is { } formers)
        {
            foreach (Tensor former in formers)
            {
                former?.Dispose();
            }
        }

        foreach (Tensor gradient in returned)
        {
            gradient?.DetachFromDisposeScope();
        }

        _returned = returned;
        return returned;
    }

    private static List<Tensor?>? SparesOf(object node) =>
        SparesOfNode.GetOrAdd(node.GetType(), static type => Reader(type, "_outputCache"))?.Invoke(node) as List<Tensor?>;

    // Compiled once: reflection at each call would be slow. Null if TorchSharp has renamed the field; what it keeps then stays until the backward pass.
    private static Func<object, object?>? Reader(Type owner, string field)
    {
        if (owner.GetField(field, BindingFlags.NonPublic | BindingFlags.Instance) is not { } found)
        {
            return null;
        }

        ParameterExpression instance = Expression.Parameter(typeof(object));
        return Expression.Lambda<Func<object, object?>>(Expression.Convert(Expression.Field(Expression.Convert(instance, owner), found), typeof(object)), instance).Compile();
    }
}
