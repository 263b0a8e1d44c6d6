using System.Numerics;
using Peft.Declarative.Templates.Values;

namespace Peft.Declarative.Templates.Evaluation;

/// <summary>The variable <c>loop</c>.</summary>
internal sealed class LoopContext(ForLoop loop, IReadOnlyList<object?> items, int depth) : CallableValue
{
    private object? lastChanged;

    /// <summary>Which item it is at, from 0.</summary>
    internal int Index { get; set; }

    internal override string TypeName => "LoopContext";

    internal override object? Call(Interpreter interpreter, CallArguments arguments) =>
        loop.Recurse(new Signature("loop", "iterable").Bind(arguments)[0], depth + 1);

    internal override object? Attribute(string name) => name switch
    {
        "index" => (BigInteger)(Index + 1),
        "index0" => (BigInteger)Index,
        "revindex" => (BigInteger)(items.Count - Index),
        "revindex0" => (BigInteger)(items.Count - Index - 1),
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (BigInteger)items.Count,
        "depth" => (BigInteger)(depth + 1),
        "depth0" => (BigInteger)depth,
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined("there is no previous item"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new Undefined("there is no next item"),
        "cycle" => new Builtin((_, arguments) => Cycle(arguments.Positional)),
        "changed" => new Builtin((_, arguments) => Changed(new TupleValue(arguments.Positional))),
        _ => Undefined.Member(this, name),
    };

    private object? Cycle(IReadOnlyList<object?> values) =>
        values.Count > 0 ? values[Index % values.Count] : throw new TemplateError("no items for cycling given");

    private bool Changed(TupleValue value)
    {
        bool changed = !Comparison.AreEqual(lastChanged, value);
        lastChanged = changed ? value : lastChanged;
        return changed;
    }
}
