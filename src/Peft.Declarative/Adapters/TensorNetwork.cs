using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>A network without input that makes one tensor. Its parameters have the names that the reference library has for them.</summary>
/// <param name="name">Class name, for TorchSharp.</param>
internal abstract class TensorNetwork(string name) : nn.Module(name)
{
    /// <summary>The tensor that the parameters mean now.</summary>
    internal abstract Tensor Make();

    // Everything is registered by name where it is set; TorchSharp would register the fields once more, under their own names.
    protected override void RegisterComponents()
    {
    }
}
