using System.Text;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Converts checkpoint names to C# names.</summary>
internal static class Identifiers
{
    /// <summary>Converts to Pascal case: <c>q_proj</c> becomes <c>QProj</c>.</summary>
    internal static string Pascal(string name)
    {
        var result = new StringBuilder();
        bool upper = true;
        foreach (char letter in name)
        {
            if (!char.IsLetterOrDigit(letter))
            {
                upper = true;
                continue;
            }

            result.Append(upper ? char.ToUpperInvariant(letter) : letter);
            upper = false;
        }

        return result.Length == 0 || char.IsDigit(result[0]) ? "Adapter" + result : result.ToString();
    }

    /// <summary>Gets the name of one element of a list: a <c>layer</c> of <c>layers</c>, a <c>block</c> of <c>h</c>.</summary>
    internal static string ElementOf(string list) =>
        list.Length > 3 && list.EndsWith("s", StringComparison.Ordinal) && !list.EndsWith("ss", StringComparison.Ordinal)
            ? list.Substring(0, list.Length - 1).TrimStart('_')
            : "block";

    /// <summary>Converts a name in Pascal case to camel case, as the first part of a variable's name.</summary>
    internal static string Camel(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);
}
