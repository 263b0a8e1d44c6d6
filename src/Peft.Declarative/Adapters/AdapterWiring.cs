using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Puts an adapter that is known by its config only on a model. Declared adapters are wired by generated code instead.</summary>
public static class AdapterWiring
{
    /// <summary>Adds the adapter's layers to the model. The base must be frozen already; see <see cref="Base.Freeze"/>.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="adapter">A new handle.</param>
    /// <exception cref="PeftException">A target, pattern or size does not fit the model; every problem is listed and nothing is changed.</exception>
    public static void Attach(nn.Module model, Adapter adapter)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        MethodCatalog.Of(adapter.Config).Attach(model, adapter);
    }
}
