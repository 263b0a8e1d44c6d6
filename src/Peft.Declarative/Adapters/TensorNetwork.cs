using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>A network without input that computes one tensor. Its parameters have the same names as in the reference library.</summary>
/// <param name="name">The class name, for TorchSharp.</param>
internal abstract class TensorNetwork(string name) : ExplicitModule(name), IKeepsType
{
    /// <summary>Computes the tensor from the current parameters.</summary>
    internal abstract Tensor Make();

    bool IKeepsType.KeepsType => true;
}
