using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>A network without input that makes one tensor. Its parameters have the names that the reference library has for them.</summary>
/// <param name="name">Class name, for TorchSharp.</param>
internal abstract class TensorNetwork(string name) : ExplicitModule(name), IKeepsType
{
    /// <summary>The tensor that the parameters mean now.</summary>
    internal abstract Tensor Make();

    bool IKeepsType.KeepsType => true;
}
