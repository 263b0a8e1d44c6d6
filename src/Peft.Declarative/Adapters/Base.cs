using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Prepares a base model for adapters.</summary>
public static class Base
{
    /// <summary>Freezes every parameter below a module. Adapters that are added later are trained; the base is not.</summary>
    /// <param name="model">The base model, before adapters are added.</param>
    /// <exception cref="PeftException">PEFT306: an adapter is merged into the base. PEFT707: the model is in use.</exception>
    public static void Freeze(nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ModelUse use = ModelUse.Of(model);
        using ModelUse.Use change = use.Change("attach an adapter");
        use.Adapters?.RefuseWhileMerged("attach an adapter");
        foreach (Parameter parameter in model.parameters())
        {
            parameter.requires_grad = false;
        }
    }
}
