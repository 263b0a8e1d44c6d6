using Peft.Declarative.Adapters;

namespace Peft.Declarative.AdapterHub;

/// <summary>A method whose adapters AdapterHub's directories may hold.</summary>
internal interface IAdapterHubMethod : IAdapterMethod
{
    /// <summary>Whether it has such directories at all; a method that builds on another one may not.</summary>
    bool HasAdapterHubFiles => true;

    /// <summary>Whether settings are of this method; some architectures are several methods here.</summary>
    bool ReadsAdapterHub(AdapterHubFile file);

    /// <summary>Reads the settings; one that changes the result and is not supported is an error.</summary>
    AdapterConfig ReadAdapterHub(AdapterHubFile file);
}

/// <summary>Finds the method of an AdapterHub directory. Methods build on this folder, so it knows them by this only.</summary>
internal static class AdapterHubMethods
{
    private static Func<AdapterHubFile, IAdapterHubMethod>? _of;

    /// <summary>Gives the method of settings, or throws PEFT701 with the architectures that are known. The catalogue of methods sets it.</summary>
    internal static Func<AdapterHubFile, IAdapterHubMethod> Of
    {
        get => _of ?? throw new InvalidOperationException("No catalogue of methods has been set.");
        set => _of = value;
    }
}
