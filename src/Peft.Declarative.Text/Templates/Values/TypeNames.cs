using System.Numerics;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>Python's names of types, for errors.</summary>
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
