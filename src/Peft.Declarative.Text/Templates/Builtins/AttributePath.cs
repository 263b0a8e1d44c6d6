using System.Globalization;
using System.Numerics;
using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>The argument <c>attribute</c> of many filters: a name, a number, or several of them with dots between.</summary>
internal sealed class AttributePath
{
    private readonly IReadOnlyList<object?> parts;
    private readonly object? otherwise;
    private readonly bool ignoreCase;

    /// <summary>Reads a path.</summary>
    /// <param name="attribute">The path; null stands for the item itself.</param>
    /// <param name="ignoreCase">Whether text is compared in lower case.</param>
    /// <param name="otherwise">Instead of what does not exist; null leaves it undefined.</param>
    internal AttributePath(object? attribute, bool ignoreCase = false, object? otherwise = null)
    {
        parts = attribute switch
        {
            null => [],
            string path => [.. path.Split('.').Select(Part)],
            _ => [attribute],
        };
        this.ignoreCase = ignoreCase;
        this.otherwise = otherwise;
    }

    /// <summary>Paths with commas between them, which order by the first, then the second, and so on.</summary>
    internal static IReadOnlyList<AttributePath> Several(object? attribute, bool ignoreCase) => attribute is string paths
        ? [.. paths.Split(',').Select(path => new AttributePath(path, ignoreCase))]
        : [new AttributePath(attribute, ignoreCase)];

    internal object? Of(object? item)
    {
        foreach (object? part in parts)
        {
            item = Members.Item(item, part);
            if (item is Undefined && otherwise is not null)
            {
                item = otherwise;
            }
        }

        return ignoreCase && item is string text ? CaseMapping.Lower(text) : item;
    }

    private static object Part(string part) => part.Length > 0 && part.All(char.IsAsciiDigit)
        ? BigInteger.Parse(part, CultureInfo.InvariantCulture)
        : part;
}
