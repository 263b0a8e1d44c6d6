using System.Globalization;
using System.Numerics;
using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Filters that apply others, or tests, to every item. They return generators: nothing is evaluated before the items are read.</summary>
internal static class SelectionFilters
{
    internal static void AddTo(MethodTable filters)
    {
        filters.AddFree("map", Map);
        filters.AddFree("select", (interpreter, a) => Select(interpreter, a, byAttribute: false, wanted: true));
        filters.AddFree("reject", (interpreter, a) => Select(interpreter, a, byAttribute: false, wanted: false));
        filters.AddFree("selectattr", (interpreter, a) => Select(interpreter, a, byAttribute: true, wanted: true));
        filters.AddFree("rejectattr", (interpreter, a) => Select(interpreter, a, byAttribute: true, wanted: false));
    }

    private static IteratorValue Map(Interpreter interpreter, CallArguments arguments)
    {
        return new IteratorValue(Mapped());

        IEnumerable<object?> Mapped()
        {
            object? source = arguments.Positional[0];
            if (!Truth.Of(source))
            {
                yield break;
            }

            Func<object?, object?> map = Mapping(interpreter, arguments);
            foreach (object? item in interpreter.Items(source))
            {
                yield return map(item);
            }
        }
    }

    private static Func<object?, object?> Mapping(Interpreter interpreter, CallArguments arguments)
    {
        if (arguments.Positional.Count > 1)
        {
            string name = PythonText.Str(arguments.Positional[1]);
            return item => Filters.Apply(interpreter, name, item, arguments with { Positional = [.. arguments.Positional.Skip(2)] });
        }

        var keywords = arguments.Keywords.ToDictionary(keyword => keyword.Key, keyword => keyword.Value);
        if (!keywords.TryGetValue("attribute", out object? attribute))
        {
            throw new TemplateError("map requires a filter argument");
        }

        if (keywords.Keys.FirstOrDefault(key => key is not ("attribute" or "default")) is { } unknown)
        {
            throw new TemplateError($"Unexpected keyword argument '{unknown}'");
        }

        return new AttributePath(attribute, otherwise: keywords.GetValueOrDefault("default")).Of;
    }

    private static IteratorValue Select(Interpreter interpreter, CallArguments arguments, bool byAttribute, bool wanted)
    {
        return new IteratorValue(Selected());

        IEnumerable<object?> Selected()
        {
            object? source = arguments.Positional[0];
            if (!Truth.Of(source))
            {
                yield break;
            }

            Func<object?, bool> holds = Condition(interpreter, arguments, byAttribute);
            foreach (object? item in interpreter.Items(source))
            {
                if (holds(item) == wanted)
                {
                    yield return item;
                }
            }
        }
    }

    // [attribute,] test, arguments of the test… — without a test, whether the value is true.
    private static Func<object?, bool> Condition(Interpreter interpreter, CallArguments arguments, bool byAttribute)
    {
        int at = 1;
        if (byAttribute && arguments.Positional.Count <= at)
        {
            throw new TemplateError("Missing parameter for attribute name");
        }

        var path = new AttributePath(byAttribute ? arguments.Positional[at++] : null);
        if (arguments.Positional.Count <= at)
        {
            return item => Truth.Of(path.Of(item));
        }

        string test = PythonText.Str(arguments.Positional[at]);
        CallArguments rest = arguments with { Positional = [.. arguments.Positional.Skip(at + 1)] };
        return item => Tests.Apply(interpreter, test, path.Of(item), rest);
    }
}

/// <summary>The argument <c>attribute</c> of many filters: a name, a number, or several of them with dots between.</summary>
internal sealed class AttributePath
{
    private readonly IReadOnlyList<object?> _parts;
    private readonly object? _otherwise;
    private readonly bool _ignoreCase;

    /// <summary>Reads a path.</summary>
    /// <param name="attribute">The path; null for the item itself.</param>
    /// <param name="ignoreCase">Whether text is compared in lower case.</param>
    /// <param name="otherwise">The result if the attribute does not exist; null leaves it undefined.</param>
    internal AttributePath(object? attribute, bool ignoreCase = false, object? otherwise = null)
    {
        _parts = attribute switch
        {
            null => [],
            string path => [.. path.Split('.').Select(Part)],
            _ => [attribute],
        };
        _ignoreCase = ignoreCase;
        _otherwise = otherwise;
    }

    /// <summary>Paths with commas between them, which order by the first, then the second, and so on.</summary>
    internal static IReadOnlyList<AttributePath> Several(object? attribute, bool ignoreCase) => attribute is string paths
        ? [.. paths.Split(',').Select(path => new AttributePath(path, ignoreCase))]
        : [new AttributePath(attribute, ignoreCase)];

    internal object? Of(object? item)
    {
        foreach (object? part in _parts)
        {
            item = Members.Item(item, part);
            if (item is Undefined && _otherwise is not null)
            {
                item = _otherwise;
            }
        }

        return _ignoreCase && item is string text ? CaseMapping.Lower(text) : item;
    }

    private static object Part(string part) => part.Length > 0 && part.All(char.IsAsciiDigit)
        ? BigInteger.Parse(part, CultureInfo.InvariantCulture)
        : part;
}
