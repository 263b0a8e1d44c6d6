using System.Numerics;
using Peft.Declarative.Text.Templates.Builtins;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>The variable <c>loop</c>.</summary>
internal sealed class LoopContext(ForLoop loop, LoopItems items, int depth) : CallableValue
{
    private object? lastChanged;

    internal override string TypeName => "LoopContext";

    internal override int? Length => items.Count;

    internal override string Shown => $"<LoopContext {items.Index + 1}/{items.Count}>";

    internal override object? Call(Interpreter interpreter, CallArguments arguments) =>
        loop.Recurse(new Signature("loop", "iterable").Bind(arguments)[0], depth + 1);

    internal override object? Attribute(string name) => name switch
    {
        "index" => (BigInteger)(items.Index + 1),
        "index0" => (BigInteger)items.Index,
        "revindex" => (BigInteger)(items.Count - items.Index),
        "revindex0" => (BigInteger)(items.Count - items.Index - 1),
        "first" => items.Index == 0,
        "last" => !items.TryPeek(out _),
        "length" => (BigInteger)items.Count,
        "depth" => (BigInteger)(depth + 1),
        "depth0" => (BigInteger)depth,
        "previtem" => items.Index > 0 ? items.Previous : new Undefined("there is no previous item"),
        "nextitem" => items.TryPeek(out object? next) ? next : new Undefined("there is no next item"),
        "cycle" => new Builtin((_, arguments) => Cycle(arguments.Positional)),
        "changed" => new Builtin((_, arguments) => Changed(new TupleValue(arguments.Positional))),
        _ => Undefined.Member(this, name),
    };

    private object? Cycle(IReadOnlyList<object?> values) =>
        values.Count > 0 ? values[items.Index % values.Count] : throw new TemplateError("no items for cycling given");

    private bool Changed(TupleValue value)
    {
        bool changed = !Comparison.AreEqual(lastChanged, value);
        lastChanged = changed ? value : lastChanged;
        return changed;
    }
}
