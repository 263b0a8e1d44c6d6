using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Batching;

/// <summary>A part of prompts in a <see cref="PromptTree"/>: the tokens between two places at which prompts part, with their keys and values.</summary>
internal sealed class PromptNode : IDisposable
{
    private readonly Dictionary<int, PromptNode> _children = [];

    /// <param name="ids">The tokens.</param>
    /// <param name="keys">Their keys and values [2 · layers, heads, keys, width], which belong to the node; <see langword="null"/> if it has none.</param>
    /// <param name="parent">What precedes it; <see langword="null"/> for the beginning of all prompts of an adapter.</param>
    internal PromptNode(int[] ids, Tensor? keys, PromptNode? parent)
    {
        (Ids, Keys, Parent) = (ids, keys?.DetachFromDisposeScope(), parent);
        parent?._children.Add(ids[0], this);
    }

    internal int[] Ids { get; private set; }

    internal Tensor? Keys { get; private set; }

    internal PromptNode? Parent { get; private set; }

    /// <summary>The keys and positions before the text. Those of the whole prompts, and so only the first node's.</summary>
    internal RowOffsets Before { get; init; } = RowOffsets.None;

    internal IReadOnlyCollection<PromptNode> Children => _children.Values;

    internal long LastUse { get; set; }

    internal long Bytes => Keys is { } keys ? keys.numel() * keys.element_size() : 0;

    /// <summary>The child that goes on with a token.</summary>
    internal PromptNode? Child(int id) => _children.GetValueOrDefault(id);

    /// <summary>The number of its tokens that a text has from a place on.</summary>
    internal int Common(IReadOnlyList<int> text, int from, int most)
    {
        int length = Math.Min(Ids.Length, most - from), common = 0;
        while (common < length && Ids[common] == text[from + common])
        {
            common++;
        }

        return common;
    }

    /// <summary>Cuts the node in two, of which this is the second.</summary>
    /// <returns>The first, which has the first tokens.</returns>
    internal PromptNode Split(int tokens)
    {
        using DisposeScope scope = NewDisposeScope();
        Parent!._children.Remove(Ids[0]);
        var first = new PromptNode(Ids[..tokens], Keys!.narrow(2, 0, tokens).clone(), Parent) { LastUse = LastUse };
        Tensor whole = Keys;
        (Ids, Keys, Parent) = (Ids[tokens..], whole.narrow(2, tokens, Ids.Length - tokens).clone().DetachFromDisposeScope(), first);
        first._children.Add(Ids[0], this);
        whole.Dispose();
        return first;
    }

    /// <summary>Leaves its parent and frees its keys.</summary>
    public void Dispose()
    {
        Parent?._children.Remove(Ids[0]);
        Keys?.Dispose();
    }
}
