namespace Peft.Declarative;

/// <summary>Makes fusions of the adapters on a model.</summary>
public static class AdapterFusionExtensions
{
    /// <summary>Blends trained bottlenecks by attention, and makes the fusion the only active adapter: it is trained, they are not.</summary>
    /// <param name="adapters">The adapters of the model.</param>
    /// <param name="names">Names of two or more bottlenecks on this model.</param>
    /// <returns>The fusion, named after them: <c>x,y</c>. One that is there already is taken.</returns>
    /// <exception cref="PeftException">PEFT703: a name is not on this model. PEFT103: there is nothing to blend.</exception>
    public static Adapter Fuse(this AdapterSet adapters, params string[] names) => adapters.Fuse(new AdapterFusionConfig { Adapters = names });

    /// <summary>Blends trained bottlenecks with other settings than the usual ones.</summary>
    /// <param name="adapters">The adapters of the model.</param>
    /// <param name="config">What is blended, and how.</param>
    /// <returns>The fusion, named after them: <c>x,y</c>. One that is there already is taken.</returns>
    /// <exception cref="PeftException">
    /// PEFT703: a name is not on this model. PEFT103: there is nothing to blend. PEFT202: a number is out of range.
    /// </exception>
    public static Adapter Fuse(this AdapterSet adapters, AdapterFusionConfig config)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        ArgumentNullException.ThrowIfNull(config);
        string name = string.Join(',', config.Adapters.Select(member => adapters[member].Name));
        if (!adapters.Has(name))
        {
            adapters.Attach(new Adapter(name, config));
        }

        adapters.Activate(name);
        return adapters[name];
    }
}
