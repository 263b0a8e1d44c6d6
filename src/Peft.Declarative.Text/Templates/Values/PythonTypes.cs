using System.Numerics;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>Python's names of types, for error messages.</summary>
internal static class TypeNames
{
    internal static string Of(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        BigInteger => "int",
        double => "float",
        string => "str",
        ListValue => "list",
        TupleValue => "tuple",
        DictValue => "dict",
        DictView view => $"dict_{view.Name}",
        RangeValue => "range",
        Undefined => "Undefined",
        NamespaceValue => "Namespace",
        IteratorValue => "generator",
        CallableValue callable => callable.TypeName,
        _ => "object",
    };
}

/// <summary>Which values count as true.</summary>
internal static class Truth
{
    internal static bool Of(object? value) => value switch
    {
        null or Undefined => false,
        bool truth => truth,
        BigInteger number => !number.IsZero,
        double number => number != 0,
        string text => text.Length > 0,
        ISequence sequence => sequence.Count > 0,
        DictValue dict => dict.Count > 0,
        DictView view => view.Dict.Count > 0,
        _ => true,
    };
}
