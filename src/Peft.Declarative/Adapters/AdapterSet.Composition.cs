using Peft.Declarative.Adapters;
using Peft.Declarative.Slots.Sublayers;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative;

// Several bottlenecks after one sublayer, and what they are to each other.
public sealed partial class AdapterSet
{
    private Composition _composition = Composition.Stack;

    /// <summary>Makes these adapters the active ones. After a sublayer, each reads what the one before made.</summary>
    /// <param name="names">Names of adapters on this model, the first one nearest to the base.</param>
    /// <exception cref="PeftException">PEFT703: a name is not on this model.</exception>
    public void Stack(params string[] names) => Activate(names);

    /// <summary>Makes these bottlenecks the active ones. After a sublayer, the mean of what they make goes on.</summary>
    /// <param name="names">Names of bottlenecks on this model.</param>
    /// <exception cref="PeftException">PEFT703: a name is not on this model. PEFT303: it is no bottleneck.</exception>
    public void Average(params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        Average([.. names.Select(name => (name, 1.0 / names.Length))]);
    }

    /// <summary>Makes these bottlenecks the active ones. After a sublayer, the weighted sum of what they make goes on.</summary>
    /// <param name="weights">Names of bottlenecks on this model and their weights, which are taken as they are: for a mean they add up to one.</param>
    /// <exception cref="PeftException">PEFT703: a name is not on this model. PEFT303: it is no bottleneck.</exception>
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
    /// Makes these adapters the active ones, each for rows of the batch of its own, until others are activated. For a single batch, name the adapters in its
    /// input instead, such as <c>ModelInput.Adapters</c>.
    /// </summary>
    /// <param name="shares">Names of adapters and their numbers of rows, in the order of the rows; together the whole batch.</param>
    /// <exception cref="PeftException">
    /// PEFT703: a name is not on this model. PEFT303: an adapter changes parameters of the base itself. PEFT202: a number of rows is not above 0.
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
        foreach (NamedSublayerSlot place in SublayerSlots.Of(Model))
        {
            place.SublayerSlot.Composition = composition;
        }
    }
}
