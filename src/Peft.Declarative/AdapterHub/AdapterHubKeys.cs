namespace Peft.Declarative.AdapterHub;

/// <summary>Parts of the tensor names in AdapterHub's files, which the adapter's name follows.</summary>
internal static class AdapterHubKeys
{
    /// <summary>Stands after the checkpoint name of a layer with a low-rank update or with factors.</summary>
    internal const string Loras = ".loras.";
}
