using System.Numerics;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>A call's arguments in the order of the parameters.</summary>
internal sealed class BoundArguments(object?[] values, bool[] given)
{
    internal object? this[int index] => values[index];

    internal bool Has(int index) => given[index];

    internal object? Or(int index, object? otherwise) => given[index] ? values[index] : otherwise;

    /// <summary>The text of an argument, which may be of any type.</summary>
    internal string Text(int index) => PythonText.Str(values[index]);

    /// <summary>An argument that must be text.</summary>
    internal string OnlyText(int index) => values[index] as string ?? throw new TemplateError($"must be str, not {TypeNames.Of(values[index])}");

    internal string TextOr(int index, string otherwise) => given[index] ? Text(index) : otherwise;

    internal bool FlagOr(int index, bool otherwise) => given[index] ? Truth.Of(values[index]) : otherwise;

    internal int CountOr(int index, int otherwise) => given[index] ? PythonNumber.ToCount(values[index]) : otherwise;

    internal BigInteger IntegerOr(int index, BigInteger otherwise) => given[index] ? PythonNumber.ToInteger(values[index]) : otherwise;
}
