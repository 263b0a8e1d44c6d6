using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>All filters by name.</summary>
internal static class Filters
{
    private static readonly MethodTable Known = Build();

    internal static bool Exists(string name) => Known.TryGet(name, out _);

    internal static object? Apply(Interpreter interpreter, string name, object? value, CallArguments arguments)
    {
        using Budget.Level level = interpreter.Budget.Deeper();
        return Known.TryGet(name, out Func<Interpreter, CallArguments, object?>? filter)
            ? filter(interpreter, arguments.Prepend(value))
            : throw new TemplateError($"No filter named '{name}'.");
    }

    private static MethodTable Build()
    {
        var filters = new MethodTable();
        ValueFilters.AddTo(filters);
        TextFilters.AddTo(filters);
        LayoutFilters.AddTo(filters);
        ListFilters.AddTo(filters);
        SelectionFilters.AddTo(filters);
        OrderFilters.AddTo(filters);
        return filters;
    }
}
