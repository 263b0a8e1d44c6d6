using Peft.Declarative.Targeting;

namespace Peft.Declarative.Serving.Personas;

/// <summary>The names under which adapters can be served. They appear in addresses, logs and paths, so they contain nothing that has a meaning there.</summary>
internal static class PersonaName
{
    internal const string Rule = "A name has letters, digits, '-', '_' and '.' only, does not begin with '.', and has at most 100 characters";

    private const int MaxLength = 100;

    internal static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxLength && name[0] != '.' && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');

    /// <summary>What a misspelt name may have meant, as a sentence; empty if nothing is near.</summary>
    internal static string Meant(string name, IReadOnlyList<string> names)
    {
        IReadOnlyList<string> near = NearNames.Of(name, names);
        return near.Count > 0 ? $"Did you mean {string.Join(" or ", near.Select(other => $"'{other}'"))}? " : "";
    }
}
