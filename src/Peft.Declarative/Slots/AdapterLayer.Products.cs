using Peft.Declarative.Slots.Products;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

// What can be computed together with the product of the layer.
public abstract partial class AdapterLayer
{
    /// <summary>
    /// The whole change of this part as a term beside the layer's product, which is then computed with it in one function. Null if the part does something else,
    /// or not only that.
    /// </summary>
    /// <param name="input">The input of the layer […, in].</param>
    internal virtual LowRankTerm? Term(Tensor input) => null;

    /// <summary>The parts that apply where this one is called, innermost first; null if that depends on the rows.</summary>
    internal AdapterLayer[]? AppliedParts => _isInPlace ? _stack.Applied(this) : null;
}
