using System.Collections;
using System.Globalization;
using Peft.Declarative.Layers;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>The identical blocks of a model, in order. The checkpoint name of block i is <c>i</c>.</summary>
/// <typeparam name="TBlock">The class of the blocks.</typeparam>
public sealed class BlockList<TBlock> : ExplicitModule, IReadOnlyList<TBlock>
    where TBlock : nn.Module
{
    private readonly TBlock[] _blocks;

    /// <summary>Creates a list that owns the blocks.</summary>
    /// <param name="blocks">The blocks, in order.</param>
    public BlockList(IEnumerable<TBlock> blocks)
        : base(nameof(BlockList<TBlock>))
    {
        _blocks = [.. blocks];
        for (int i = 0; i < _blocks.Length; i++)
        {
            register_module(i.ToString(CultureInfo.InvariantCulture), _blocks[i]);
        }
    }

    /// <inheritdoc/>
    public int Count => _blocks.Length;

    /// <summary>Gets a block.</summary>
    /// <param name="index">The zero-based index of the block.</param>
    /// <exception cref="PeftException">PEFT106: the model has fewer blocks, for example because the declaration was written for a larger model.</exception>
    public TBlock this[int index] => (uint)index < (uint)_blocks.Length ? _blocks[index] : throw new PeftException(RuleIds.LayerOutOfRange,
        $"There is no block {index}: the blocks of this model are numbered 0 to {_blocks.Length - 1}. "
        + "Adapt blocks in that range, or load the base model for which the adapter was declared.");

    /// <inheritdoc/>
    public IEnumerator<TBlock> GetEnumerator() => ((IEnumerable<TBlock>)_blocks).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
