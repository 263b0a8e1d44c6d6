namespace Peft.Declarative.Adapters;

/// <summary>The methods that adapters can be of. Methods are made of adapters, so adapters know them by this interface only.</summary>
internal interface IMethodCatalog
{
    /// <summary>The method of a config.</summary>
    IAdapterMethod Of(AdapterConfig config);

    /// <summary>Reads the config of an adapter directory.</summary>
    /// <param name="file">Its configuration file.</param>
    /// <param name="keys">Names of its tensors.</param>
    AdapterConfig Read(ConfigJson file, IEnumerable<string> keys);

    /// <summary>Writes an adapter in AdapterHub's format, which builds on this folder and is not known here.</summary>
    /// <param name="directory">Made if missing.</param>
    /// <param name="adapter">What is written.</param>
    /// <param name="config">Its config with what only the model knows.</param>
    /// <param name="provenance">Goes into the headers.</param>
    void WriteAdapterHub(string directory, Adapter adapter, AdapterConfig config, Provenance? provenance);
}

/// <summary>Holds the catalogue.</summary>
internal static class AdapterMethods
{
    private static IMethodCatalog? _known;

    /// <summary>Every method of this library. The methods' side sets it when the library is loaded.</summary>
    internal static IMethodCatalog Known
    {
        get => _known ?? throw new InvalidOperationException("No catalogue of methods has been set.");
        set => _known = value;
    }
}
