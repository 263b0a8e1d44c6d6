namespace Peft.Declarative.Text.Templates.Values;

/// <summary>
/// Names of a function's parameters; those that end in <c>=</c> may be left out, and those before a <c>/</c> are given by position only.
/// </summary>
internal sealed class Signature(string name, params string[] declared)
{
    private readonly string[] parameters = [.. declared.Where(parameter => parameter != "/")];
    private readonly int byPositionOnly = Array.IndexOf(declared, "/");

    internal string Name => name;

    /// <summary>Gives every parameter its argument.</summary>
    /// <exception cref="TemplateError">One is missing, unknown, given twice, or there are too many.</exception>
    internal BoundArguments Bind(CallArguments arguments)
    {
        if (arguments.Positional.Count > parameters.Length)
        {
            throw new TemplateError($"{name}() takes {parameters.Length} arguments but {arguments.Positional.Count} were given");
        }

        var bound = new object?[parameters.Length];
        var given = new bool[parameters.Length];
        for (int i = 0; i < arguments.Positional.Count; i++)
        {
            (bound[i], given[i]) = (arguments.Positional[i], true);
        }

        foreach ((string keyword, object? value) in arguments.Keywords)
        {
            int index = Array.FindIndex(parameters, parameter => parameter.TrimEnd('=') == keyword);
            index = index < byPositionOnly ? -1 : index;
            if (index < 0 || given[index])
            {
                throw new TemplateError(index < 0
                    ? $"{name}() got an unexpected keyword argument '{keyword}'"
                    : $"{name}() got multiple values for argument '{keyword}'");
            }

            (bound[index], given[index]) = (value, true);
        }

        int missing = Array.FindIndex(parameters, parameter => !parameter.EndsWith('=') && !given[Array.IndexOf(parameters, parameter)]);
        return missing < 0 ? new BoundArguments(bound, given) : throw new TemplateError($"{name}() missing required argument '{parameters[missing]}'");
    }
}
