using Peft.Declarative.Adapters;

namespace Peft.Declarative.AdapterHub;

/// <summary>A method that can be read from AdapterHub directories.</summary>
internal interface IAdapterHubMethod : IAdapterMethod
{
    /// <summary>Whether the method has such directories. A method that derives from another one may have none.</summary>
    bool HasAdapterHubFiles => true;

    /// <summary>Determines whether settings belong to this method. One architecture of AdapterHub can be several methods here.</summary>
    bool ReadsAdapterHub(AdapterHubFile file);

    /// <summary>Reads the settings.</summary>
    /// <exception cref="PeftException">A setting that changes the result is not supported.</exception>
    AdapterConfig ReadAdapterHub(AdapterHubFile file);
}

/// <summary>
/// Finds the method of an AdapterHub directory. The catalog registers itself here, because this folder does not depend on the methods.
/// </summary>
internal static class AdapterHubMethods
{
    private static Func<AdapterHubFile, IAdapterHubMethod>? _of;

    /// <summary>Gets the method of settings, or throws PEFT701 with the known architectures.</summary>
    internal static Func<AdapterHubFile, IAdapterHubMethod> Of
    {
        get => _of ?? throw new InvalidOperationException("No catalog of methods has been set.");
        set => _of = value;
    }
}
