using System.Collections;
using System.Globalization;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>The equal blocks of a model, in order; block i has the checkpoint name <c>i</c>.</summary>
/// <typeparam name="TBlock">The block's class.</typeparam>
public sealed class BlockList<TBlock> : nn.Module, IReadOnlyList<TBlock>
    where TBlock : nn.Module
{
    private readonly TBlock[] _blocks;

    /// <summary>Takes blocks over.</summary>
    /// <param name="blocks">The blocks, first to last.</param>
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

    /// <summary>A block.</summary>
    /// <param name="index">Its number, from 0.</param>
    /// <exception cref="PeftException">PEFT106: there are fewer blocks, as when a declaration names blocks of a larger base.</exception>
    public TBlock this[int index] => (uint)index < (uint)_blocks.Length ? _blocks[index] : throw new PeftException(RuleIds.LayerOutOfRange,
        $"There is no block {index}: the blocks of this model are numbered 0 to {_blocks.Length - 1}. Adapt blocks in that range, or load the base that was meant.");

    /// <inheritdoc/>
    public IEnumerator<TBlock> GetEnumerator() => ((IEnumerable<TBlock>)_blocks).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // Everything is registered by name where it is set; TorchSharp would register the fields once more, under their own names.
    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
    }
}
