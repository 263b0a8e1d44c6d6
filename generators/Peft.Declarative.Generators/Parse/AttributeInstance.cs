using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Peft.Declarative.Generators.Parse;

/// <summary>
/// Creates an attribute from the compiler's data, as the program would at run time. Its class is compiled into this assembly too and defines the
/// names, types and defaults. The compiler reports errors in the source, such as a text for a number; the default is used here.
/// </summary>
internal static class AttributeInstance
{
    // The attributes of families are the same for every derived class. The table does not keep them alive.
    private static readonly ConditionalWeakTable<AttributeData, Attribute> Made = new();

    /// <summary>Creates an instance of the attribute.</summary>
    /// <param name="data">An attribute of the library.</param>
    internal static Attribute Of(AttributeData data) => Made.GetValue(data, Make);

    private static Attribute Make(AttributeData data)
    {
        Type type = typeof(AdapterAttribute).Assembly.GetType($"{KnownNames.Library}.{data.AttributeClass!.Name}", throwOnError: true)!;
        ConstructorInfo constructor = type.GetConstructors().Single();
        var attribute = (Attribute)constructor.Invoke([.. constructor.GetParameters().Select((parameter, i) => Argument(parameter, data.ConstructorArguments.ElementAtOrDefault(i)))]);
        foreach (KeyValuePair<string, TypedConstant> argument in data.NamedArguments)
        {
            if (type.GetProperty(argument.Key) is { CanWrite: true } property && Value(argument.Value, property.PropertyType) is { } value) property.SetValue(attribute, value);
        }

        return attribute;
    }

    private static object? Argument(ParameterInfo parameter, TypedConstant constant)
    {
        Type type = parameter.ParameterType;
        if (Value(constant, type) is { } value) return value;

        return parameter.HasDefaultValue ? parameter.DefaultValue
            : type.IsArray ? Array.CreateInstance(type.GetElementType()!, 0)
            : type.IsValueType ? Activator.CreateInstance(type)
            : "";
    }

    /// <summary>
    /// Converts the value to the property's type; <see langword="null"/> if it has another type, is null, or is a number without a name in the enum.
    /// </summary>
    private static object? Value(TypedConstant constant, Type type) => constant.Kind switch
    {
        TypedConstantKind.Array when type.IsArray && !constant.IsNull => Elements(constant, type.GetElementType()!),
        TypedConstantKind.Enum when type.IsEnum && constant.Value is int number && Enum.IsDefined(type, number) => Enum.ToObject(type, number),
        TypedConstantKind.Primitive when type.IsInstanceOfType(constant.Value) => constant.Value,
        _ => null,
    };

    private static Array Elements(TypedConstant list, Type type)
    {
        // Every element keeps its index, because the locations of problems contain it.
        List<object> values = list.Values.Select(element => Value(element, type) ?? (type.IsValueType ? Activator.CreateInstance(type)! : "")).ToList();
        var array = Array.CreateInstance(type, values.Count);
        for (int i = 0; i < values.Count; i++) array.SetValue(values[i], i);
        return array;
    }
}
