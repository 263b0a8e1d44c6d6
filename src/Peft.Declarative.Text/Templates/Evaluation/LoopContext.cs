using System.Numerics;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>The variable <c>loop</c>.</summary>
internal sealed class LoopContext(ForLoop loop, LoopItems items, int depth) : CallableValue
{
    private object? _lastChanged;

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
        bool changed = !Comparison.AreEqual(_lastChanged, value);
        _lastChanged = changed ? value : _lastChanged;
        return changed;
    }
}

/// <summary>
/// The items of a loop, read one by one while the loop runs: its condition may depend on what earlier rounds did, and a loop that is left
/// leaves a generator its other items.
/// </summary>
/// <param name="items">The items.</param>
/// <param name="knownCount">Number of items, if it is known without reading them.</param>
internal sealed class LoopItems(IEnumerable<object?> items, int? knownCount)
{
    private readonly IEnumerator<object?> _unread = items.GetEnumerator();
    private readonly Queue<object?> _ahead = new();
    private int? _count = knownCount;

    /// <summary>Number of the current item, from 0; -1 before the first.</summary>
    internal int Index { get; private set; } = -1;

    internal object? Previous { get; private set; }

    internal object? Current { get; private set; }

    /// <summary>Number of items. If it is not known, all items are read to count them.</summary>
    internal int Count
    {
        get
        {
            if (_count is null)
            {
                while (_unread.MoveNext())
                {
                    _ahead.Enqueue(_unread.Current);
                }

                _count = Index + 1 + _ahead.Count;
            }

            return _count.Value;
        }
    }

    internal bool MoveNext()
    {
        if (!TryPeek(out object? next))
        {
            return false;
        }

        _ahead.Dequeue();
        (Previous, Current) = (Current, next);
        Index++;
        return true;
    }

    /// <summary>The item after the current one; this reads it.</summary>
    internal bool TryPeek(out object? next)
    {
        if (_ahead.Count == 0 && _unread.MoveNext())
        {
            _ahead.Enqueue(_unread.Current);
        }

        return _ahead.TryPeek(out next);
    }
}
