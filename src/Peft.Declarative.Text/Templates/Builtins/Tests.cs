using System.Numerics;
using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>The tests of <c>is</c>.</summary>
internal static class Tests
{
    private static readonly MethodTable Known = Build();

    internal static bool Exists(string name) => Known.TryGet(name, out _);

    internal static bool Apply(Interpreter interpreter, string name, object? value, CallArguments arguments) =>
        Known.TryGet(name, out Func<Interpreter, CallArguments, object?>? test)
            ? Truth.Of(test(interpreter, arguments.Prepend(value)))
            : throw new TemplateError($"No test named '{name}'.");

    private static MethodTable Build()
    {
        var tests = new MethodTable();
        AddKinds(tests);
        AddComparisons(tests);
        tests.Add("odd", ["value"], (interpreter, a) => HasRemainder(interpreter, a[0], BigInteger.One));
        tests.Add("even", ["value"], (interpreter, a) => HasRemainder(interpreter, a[0], BigInteger.Zero));
        AddOne(tests, "lower", value => Method(value, "islower"));
        AddOne(tests, "upper", value => Method(value, "isupper"));
        AddOne(tests, "filter", value => value is string name && Filters.Exists(name));
        AddOne(tests, "test", value => value is string name && Exists(name));
        tests.Add("divisibleby", ["value", "num"], (interpreter, a) =>
            Comparison.AreEqual(Arithmetic.Apply(interpreter, "%", a[0], a[1]), BigInteger.Zero));
        tests.Add("sameas", ["value", "other"], (_, a) => ReferenceEquals(a[0], a[1]) || SameValue(a[0], a[1]));
        return tests;
    }

    private static void AddKinds(MethodTable tests)
    {
        AddOne(tests, "defined", value => value is not Undefined);
        AddOne(tests, "undefined", value => value is Undefined);
        AddOne(tests, "none", value => value is null);
        AddOne(tests, "boolean", value => value is bool);
        AddOne(tests, "true", value => value is true);
        AddOne(tests, "false", value => value is false);
        AddOne(tests, "integer", value => value is BigInteger);
        AddOne(tests, "float", value => value is double);
        AddOne(tests, "number", PythonNumber.IsNumber);
        AddOne(tests, "string", value => value is string);
        AddOne(tests, "mapping", value => value is DictValue);
        AddOne(tests, "iterable", value => Iteration.TryItems(value) is not null || value is LoopContext);
        AddOne(tests, "sequence", value => value is ISequence or string or DictValue or Undefined);
        AddOne(tests, "callable", value => value is CallableValue or Undefined);
        AddOne(tests, "escaped", _ => false);
    }

    private static void AddComparisons(MethodTable tests)
    {
        (string[] Names, Func<object?, object?, bool> Holds)[] comparisons =
        [
            (["eq", "equalto", "=="], Comparison.AreEqual),
            (["ne", "!="], (a, b) => !Comparison.AreEqual(a, b)),
            (["lt", "lessthan", "<"], (a, b) => Comparison.IsOrdered("<", a, b)),
            (["le", "<="], (a, b) => Comparison.IsOrdered("<=", a, b)),
            (["gt", "greaterthan", ">"], (a, b) => Comparison.IsOrdered(">", a, b)),
            (["ge", ">="], (a, b) => Comparison.IsOrdered(">=", a, b)),
            (["in"], (a, b) => Comparison.Contains(b, a)),
        ];
        foreach ((string[] names, Func<object?, object?, bool> holds) in comparisons)
        {
            foreach (string name in names)
            {
                tests.Add(name, ["value", "other", "/"], (_, a) => holds(a[0], a[1]));
            }
        }
    }

    private static void AddOne(MethodTable tests, string name, Func<object?, bool> holds) => tests.Add(name, ["value"], (_, a) => holds(a[0]));

    private static bool HasRemainder(Interpreter interpreter, object? value, BigInteger remainder) =>
        Comparison.AreEqual(Arithmetic.Apply(interpreter, "%", value, new BigInteger(2)), remainder);

    private static bool Method(object? value, string name) =>
        StringMethods.TryGet(PythonText.Str(value), name, out object? method) && Truth.Of(((Builtin)method!).Call(null!, CallArguments.Of()));

    // Small integers, short strings and the like are one object in Python; equal values of one type are the closest equivalent.
    private static bool SameValue(object? a, object? b) =>
        a is not (ListValue or DictValue or double) && a?.GetType() == b?.GetType() && Comparison.AreEqual(a, b);
}
