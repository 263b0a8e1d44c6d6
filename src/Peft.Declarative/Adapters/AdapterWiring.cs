using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Puts an adapter that is known by its config only on a model. Declared adapters are wired by generated code instead.</summary>
public static class AdapterWiring
{
    /// <summary>Adds the adapter's layers to the model. The base must be frozen already; see <see cref="Base.Freeze"/>.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="adapter">A new handle.</param>
    /// <exception cref="PeftException">A target, pattern or size does not fit the model; every problem is listed and nothing is changed. PEFT304: the name is taken.</exception>
    public static void Attach(nn.Module model, Adapter adapter)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(adapter);
        if (AdapterParts.Any(model, adapter.Name) || (model as IBaseModel)?.HasAdapter(adapter.Name) == true)
        {
            throw new PeftException(RuleIds.DuplicateName, RuleTexts.DuplicateName(model.GetType().Name, adapter.Name));
        }

        adapter.Config.Check(model.GetType().Name);
        adapter.Clear();   // of what it had on another model
        using DisposeScope scope = NewDisposeScope();   // what the parts start from
        try
        {
            AdapterMethods.Known.Of(adapter.Config).Attach(model, adapter);
            adapter.HasAllParts = true;
        }
        catch
        {
            AdapterRemoval.TakeOff(model, adapter);
            adapter.Clear();   // a method may find at its last layer that it cannot stand there
            throw;
        }
    }
}
