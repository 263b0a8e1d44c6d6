namespace Peft.Declarative;

/// <summary>Creates fusions of the adapters on a model.</summary>
/// <example>
/// <code>
/// model.LoadAdapter("adapters/news", "news");
/// model.LoadAdapter("adapters/mail", "mail");
/// Adapter fusion = model.Adapters.Fuse("news", "mail");   // trained, while its members rest
/// </code>
/// </example>
public static class AdapterFusionExtensions
{
    /// <summary>
    /// Combines trained bottlenecks by attention. The fusion becomes the only active adapter: it is trained, the bottlenecks are not.
    /// </summary>
    /// <param name="adapters">The adapters of the model.</param>
    /// <param name="names">The names of two or more bottlenecks on the model.</param>
    /// <returns>The fusion, named after them: <c>x,y</c>. If it already exists, it is returned.</returns>
    /// <exception cref="PeftException">PEFT703: the model has no adapter of a name. PEFT103: an adapter is not a bottleneck.</exception>
    public static Adapter Fuse(this AdapterSet adapters, params string[] names) => adapters.Fuse(new AdapterFusionConfig { Adapters = names });

    /// <summary>Combines trained bottlenecks by attention, with the settings of a config.</summary>
    /// <param name="adapters">The adapters of the model.</param>
    /// <param name="config">The names of the bottlenecks, and the settings.</param>
    /// <returns>The fusion, named after them: <c>x,y</c>. If it already exists, it is returned.</returns>
    /// <exception cref="PeftException">
    /// PEFT703: the model has no adapter of a name. PEFT103: an adapter is not a bottleneck. PEFT202: a number is out of range.
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
