using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>The base model as adapters see it.</summary>
public static class Base
{
    /// <summary>Stops every parameter below a module from being trained. Adapters that are added later are trained, the base never.</summary>
    /// <param name="model">The base model, before adapters are added.</param>
    public static void Freeze(nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        foreach (Parameter parameter in model.parameters())
        {
            parameter.requires_grad = false;
        }
    }
}
