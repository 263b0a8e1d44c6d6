using Peft.Declarative.BaseModels;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Batching;

/// <summary>
/// The keys and values of prompts that have been read, for rows that begin as these do: a tree for each adapter, in which prompts with the same first tokens
/// share them (radix attention, Zheng et al. 2024, arXiv 2312.07104). It also has those of virtual tokens. What was used longest ago leaves it first.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="capacity">The number of bytes that it may have.</param>
internal sealed class PromptTree(CausalLanguageModel model, long capacity) : IDisposable
{
    private readonly Dictionary<string, (Adapter? Adapter, int Moves, PromptNode Root)> _adapters = new(StringComparer.Ordinal);
    private int _version;
    private long _clock;

    /// <summary>The bytes of all keys and values.</summary>
    internal long Bytes { get; private set; }

    /// <summary>The positions that were computed for prompts.</summary>
    internal long Positions { get; set; }

    /// <summary>Gives a reading what the tree has of the beginning of its prompt.</summary>
    /// <returns>The number of tokens of the text that need not be read.</returns>
    internal int Resume(Adapter? adapter, IReadOnlyList<int> ids, KeyValueCache cache)
    {
        DropOutdated();
        if (!_adapters.TryGetValue(KeyOf(adapter), out var tree))
        {
            return 0;
        }

        using DisposeScope scope = NewDisposeScope();
        List<Tensor> parts = [];
        int most = ids.Count - 1;   // the last token is computed in any case, for the logits of the next
        (PromptNode node, int inside, int length) = Walk(tree.Root, ids, most, (passed, tokens) =>
        {
            if (passed.Keys is { } keys)
            {
                parts.Add(tokens == passed.Ids.Length ? keys : keys.narrow(2, 0, tokens));
            }
        });
        if (parts.Count > 0)
        {
            cache.Begin(parts.Count == 1 ? parts[0] : cat(parts, 2), tree.Root.Before);
        }

        return length;
    }

    /// <summary>Takes in a prompt that has been read.</summary>
    internal void Add(Adapter? adapter, IReadOnlyList<int> ids, KeyValueCache cache)
    {
        if (capacity == 0)
        {
            return;
        }

        DropOutdated();
        using DisposeScope scope = NewDisposeScope();
        int before = (int)cache.Length - ids.Count;
        string key = KeyOf(adapter);
        if (!_adapters.TryGetValue(key, out var tree))
        {
            var root = new PromptNode([], before > 0 ? cache.Part(0, before) : null, null) { Before = cache.Before };
            Bytes += root.Bytes;
            _adapters[key] = tree = (adapter, adapter?.Moves ?? 0, root);
        }

        (PromptNode node, int inside, int length) = Walk(tree.Root, ids, ids.Count, (_, _) => { });
        if (length < ids.Count)
        {
            if (inside < node.Ids.Length)
            {
                node = node.Split(inside);
            }

            Tensor keys = cache.Part(before + length, ids.Count - length);
            if (keys.numel() * keys.element_size() <= capacity)   // or others that are of use would leave for it in vain
            {
                Bytes += new PromptNode([.. ids.Skip(length)], keys, node) { LastUse = ++_clock }.Bytes;
            }
        }

        MakeRoom();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (string adapter in _adapters.Keys.ToList())
        {
            Drop(adapter);
        }
    }

    private static string KeyOf(Adapter? adapter) => adapter?.Name ?? "";   // no adapter has an empty name

    // To where a text parts from all that is known: the last node, how many of its tokens the text has, and how many there are in all.
    private (PromptNode Node, int Inside, int Length) Walk(PromptNode root, IReadOnlyList<int> ids, int most, Action<PromptNode, int> pass)
    {
        (PromptNode node, int inside, int length) = (root, 0, 0);
        while (true)
        {
            node.LastUse = ++_clock;
            pass(node, inside);
            if (inside < node.Ids.Length || length == most || node.Child(ids[length]) is not { } child)
            {
                return (node, inside, length);
            }

            (node, inside) = (child, child.Common(ids, length, most));
            length += inside;
        }
    }

    // Keys of other weights than the present ones, and of adapters that are no longer on the model.
    private void DropOutdated()
    {
        int version = model.Adapters.Use.WeightsVersion;
        foreach ((string key, (Adapter? adapter, int moves, _)) in _adapters.ToList())
        {
            if (_version != version || (adapter is not null && adapter.Moves != moves))
            {
                Drop(key);
            }
        }

        _version = version;
    }

    private void Drop(string adapter)
    {
        foreach (PromptNode node in Nodes(_adapters[adapter].Root).ToList())
        {
            Remove(node);
        }

        _adapters.Remove(adapter);
    }

    // An eighth more than what is needed, so that not every prompt has to look for what was used last.
    private void MakeRoom()
    {
        while (Bytes > capacity)
        {
            var leaves = from tree in _adapters from node in Nodes(tree.Value.Root) where node.Children.Count == 0 orderby node.LastUse select (tree.Key, node);
            foreach ((string adapter, PromptNode leaf) in leaves.ToList())
            {
                if (Bytes <= capacity - (capacity / 8))
                {
                    return;
                }

                if (leaf.Parent is null)
                {
                    Drop(adapter);
                }
                else
                {
                    Remove(leaf);
                }
            }
        }
    }

    private void Remove(PromptNode node)
    {
        Bytes -= node.Bytes;
        node.Dispose();
    }

    private static IEnumerable<PromptNode> Nodes(PromptNode node) => node.Children.SelectMany(Nodes).Append(node);
}
