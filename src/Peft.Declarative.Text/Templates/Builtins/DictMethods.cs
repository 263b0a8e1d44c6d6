using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Methods of dicts. Those that change one exist in Python, and the sandbox keeps them away.</summary>
internal static class DictMethods
{
    private static readonly string[] Changing = ["clear", "pop", "popitem", "setdefault", "update"];

    private static readonly MethodTable Methods = Build();

    internal static bool TryGet(DictValue dict, string name, out object? method)
    {
        if (Changing.Contains(name))
        {
            method = Undefined.Unsafe(dict, name);
            return true;
        }

        return Methods.TryBind(dict, name, out method);
    }

    private static MethodTable Build()
    {
        var methods = new MethodTable();
        foreach (string view in new[] { "keys", "values", "items" })
        {
            methods.Add(view, ["self"], (_, a) => new DictView(view, (DictValue)a[0]!));
        }

        methods.Add("get", ["self", "key", "default=", "/"], (_, a) => ((DictValue)a[0]!).TryGet(a[1], out object? value) ? value : a.Or(2, null));
        methods.Add("copy", ["self"], (_, a) => a[0]);
        return methods;
    }
}
