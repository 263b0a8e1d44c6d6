namespace Peft.Declarative.Adapters;

/// <summary>The methods of adapters. This folder does not depend on the methods and uses them by this interface only.</summary>
internal interface IMethodCatalog
{
    /// <summary>Gets the method of a config.</summary>
    IAdapterMethod Of(AdapterConfig config);

    /// <summary>Reads the config of an adapter directory.</summary>
    /// <param name="file">The configuration file.</param>
    /// <param name="keys">The names of the tensors.</param>
    AdapterConfig Read(ConfigJson file, IEnumerable<string> keys);

    /// <summary>Writes an adapter in AdapterHub's format, on which this folder does not depend.</summary>
    /// <param name="directory">The directory. It is created if it does not exist.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="config">The config, completed with what only the model knows.</param>
    /// <param name="provenance">The provenance for the headers of the files; <see langword="null"/> for none.</param>
    void WriteAdapterHub(string directory, Adapter adapter, AdapterConfig config, Provenance? provenance);
}

/// <summary>Gives access to the catalog.</summary>
internal static class AdapterMethods
{
    private static IMethodCatalog? _known;

    /// <summary>The catalog of all methods of this library. The catalog registers itself when the library is loaded.</summary>
    internal static IMethodCatalog Known
    {
        get => _known ?? throw new InvalidOperationException("No catalog of methods has been set.");
        set => _known = value;
    }
}
