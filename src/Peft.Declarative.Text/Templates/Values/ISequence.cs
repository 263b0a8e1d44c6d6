namespace Peft.Declarative.Text.Templates.Values;

/// <summary>A value with a length whose items can be asked for by number.</summary>
internal interface ISequence
{
    int Count { get; }

    object? this[int index] { get; }

    /// <summary>A value of the same kind with the given items.</summary>
    object Select(IEnumerable<int> indices);
}
