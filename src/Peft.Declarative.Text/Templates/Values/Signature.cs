using System.Numerics;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>
/// Names of a function's parameters; those that end in <c>=</c> may be left out, and those before a <c>/</c> are given by position only.
/// </summary>
internal sealed class Signature(string name, params string[] declared)
{
    private readonly string[] _parameters = [.. declared.Where(parameter => parameter != "/")];
    private readonly int _byPositionOnly = Array.IndexOf(declared, "/");

    internal string Name => name;

    /// <summary>Binds arguments to parameters.</summary>
    /// <exception cref="TemplateError">One is missing, unknown, given twice, or there are too many.</exception>
    internal BoundArguments Bind(CallArguments arguments)
    {
        if (arguments.Positional.Count > _parameters.Length)
        {
            throw new TemplateError($"{name}() takes {_parameters.Length} arguments but {arguments.Positional.Count} were given");
        }

        var bound = new object?[_parameters.Length];
        var given = new bool[_parameters.Length];
        for (int i = 0; i < arguments.Positional.Count; i++)
        {
            (bound[i], given[i]) = (arguments.Positional[i], true);
        }

        foreach ((string keyword, object? value) in arguments.Keywords)
        {
            int index = Array.FindIndex(_parameters, parameter => parameter.TrimEnd('=') == keyword);
            index = index < _byPositionOnly ? -1 : index;
            if (index < 0 || given[index])
            {
                throw new TemplateError(index < 0
                    ? $"{name}() got an unexpected keyword argument '{keyword}'"
                    : $"{name}() got multiple values for argument '{keyword}'");
            }

            (bound[index], given[index]) = (value, true);
        }

        int missing = Array.FindIndex(_parameters, parameter => !parameter.EndsWith('=') && !given[Array.IndexOf(_parameters, parameter)]);
        return missing < 0 ? new BoundArguments(bound, given) : throw new TemplateError($"{name}() missing required argument '{_parameters[missing]}'");
    }
}

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
