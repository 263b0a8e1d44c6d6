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
