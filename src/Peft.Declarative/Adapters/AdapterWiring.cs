using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Attaches an adapter from its config. Declared adapters are attached by generated code.</summary>
public static class AdapterWiring
{
    /// <summary>Adds the layers of an adapter to the model. The base must be frozen already; see <see cref="Base.Freeze"/>.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="adapter">A new handle, whose config determines the layers.</param>
    /// <exception cref="PeftException">
    /// A target, pattern or size does not fit the model. The message lists every problem, and nothing is changed. PEFT304: the name is in use.
    /// </exception>
    public static void Attach(nn.Module model, Adapter adapter)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(adapter);
        if (AdapterParts.Any(model, adapter.Name) || (model as IBaseModel)?.HasAdapter(adapter.Name) == true)
        {
            throw new PeftException(RuleIds.DuplicateName, RuleTexts.DuplicateName(model.GetType().Name, adapter.Name));
        }

        adapter.Config.Check(model.GetType().Name);
        adapter.Clear();   // it can have parts on another model
        using DisposeScope scope = NewDisposeScope();   // for temporary tensors of the initialization
        try
        {
            AdapterMethods.Known.Of(adapter.Config).Attach(model, adapter);
            adapter.HasAllParts = true;
        }
        catch
        {
            AdapterRemoval.Detach(model, adapter);
            adapter.Clear();   // a method can find only at its last layer that the adapter does not fit
            throw;
        }
    }
}
