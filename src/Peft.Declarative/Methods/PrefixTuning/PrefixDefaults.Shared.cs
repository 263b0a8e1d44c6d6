namespace Peft.Declarative.Methods.PrefixTuning;

/// <summary>Numbers that hold where a declaration or a file is silent.</summary>
internal static class PrefixDefaults
{
    /// <summary>Width inside the network of a prefix beside the text: AdapterHub's.</summary>
    internal const int Hidden = 512;
}
