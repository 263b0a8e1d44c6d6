using Peft.Declarative.Slots.Products;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

// What can be computed together with the product of the layer.
public abstract partial class AdapterLayer
{
    private bool? _adaptsAsDeclared;

    /// <summary>
    /// The whole change of this part as a term of the layer's product, which is then computed with it in one function. Null if the part does something else, or
    /// not only that.
    /// </summary>
    /// <param name="input">The input of the layer […, in].</param>
    internal virtual LayerTerm? Term(Tensor input) => null;

    /// <summary>Whether the part does what the class of this library says. A class that derives from it can change that.</summary>
    private protected bool AdaptsAsDeclared => _adaptsAsDeclared ??=
        ((Func<Tensor, Tensor, Tensor>)AdaptOutput).Method.DeclaringType!.Assembly == typeof(AdapterLayer).Assembly
        && ((Func<Tensor, Tensor>)AdaptInput).Method.DeclaringType!.Assembly == typeof(AdapterLayer).Assembly;

    /// <summary>The parts that apply where this one is called, innermost first; null if that depends on the rows.</summary>
    internal AdapterLayer[]? AppliedParts => _isInPlace ? _stack.Applied(this) : null;
}
