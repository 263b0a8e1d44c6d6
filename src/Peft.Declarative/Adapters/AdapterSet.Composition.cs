using Peft.Declarative.Adapters;
using Peft.Declarative.Slots.Sublayers;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative;

// Compositions of several bottlenecks after one sublayer.
public sealed partial class AdapterSet
{
    private Composition _composition = Composition.Stack;

    /// <summary>Activates adapters as a stack. After a sublayer, each one reads the output of the one before.</summary>
    /// <param name="names">The names of adapters of this model, the first one nearest to the base.</param>
    /// <exception cref="PeftException">PEFT703: the model has no adapter of a name.</exception>
    public void Stack(params string[] names) => Activate(names);

    /// <summary>Activates bottlenecks and computes the mean of their outputs after each sublayer.</summary>
    /// <param name="names">The names of bottlenecks of this model.</param>
    /// <exception cref="PeftException">PEFT703: the model has no adapter of a name. PEFT303: an adapter is not a bottleneck.</exception>
    public void Average(params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        Average([.. names.Select(name => (name, 1.0 / names.Length))]);
    }

    /// <summary>Activates bottlenecks and computes the weighted sum of their outputs after each sublayer.</summary>
    /// <param name="weights">
    /// The names of bottlenecks of this model and their weights. The weights are not normalized; for a mean, let them add up to 1.
    /// </param>
    /// <exception cref="PeftException">PEFT703: the model has no adapter of a name. PEFT303: an adapter is not a bottleneck.</exception>
    public void Average(params (string Name, double Weight)[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        string[] names = [.. weights.Select(share => share.Name)];
        using ModelUse.Use change = Use.Change("average adapters");
        RequireSublayers(names);
        Activate(names);
        Compose(new AverageComposition(weights));
    }

    /// <summary>
    /// Activates adapters, each for its own rows of the batch, until others are activated. For a single batch, name the adapters in its input instead, such as
    /// <c>ModelInput.Adapters</c>.
    /// </summary>
    /// <param name="shares">
    /// The names of adapters and their numbers of rows, in the order of the rows. The numbers add up to the size of the batch.
    /// </param>
    /// <exception cref="PeftException">
    /// PEFT703: the model has no adapter of a name. PEFT303: an adapter changes parameters of the base itself. PEFT202: a number of rows is not above 0.
    /// </exception>
    public void Split(params (string Name, int Rows)[] shares)
    {
        ArgumentNullException.ThrowIfNull(shares);
        string[] names = [.. shares.Select(share => share.Name)];
        using ModelUse.Use change = Use.Change("split a batch");
        RequireMixable(names);
        if (shares.Any(share => share.Rows < 1))
        {
            throw new PeftException(RuleIds.OutOfRange, "Every adapter of a split batch needs at least one row. Leave out those that have none.");
        }

        Activate(names);
        Compose(new SplitComposition([.. shares.SelectMany(share => Enumerable.Repeat(share.Name, share.Rows))]));
    }

    private void RequireSublayers(IEnumerable<string> names)
    {
        foreach (Adapter adapter in names.Select(name => this[name]))
        {
            if (!adapter.Parts.Any(entry => entry.Part is SublayerPart))
            {
                throw new PeftException(RuleIds.Incompatible,
                    RuleTexts.NotABottleneck(Model.GetType().Name, adapter.Name, adapter.Config.Facts.Name));
            }
        }
    }

    internal void Compose(Composition composition)
    {
        if (ReferenceEquals(_composition, composition))
        {
            return;
        }

        _composition = composition;
        foreach (NamedSublayerSlot slot in SublayerSlots.Of(Model))
        {
            slot.SublayerSlot.Composition = composition;
        }
    }
}
