using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>Learned keys and values that attention sees before those of the text; a method says how they come about.</summary>
public abstract class Prefix : nn.Module, IAdapterPart
{
    private protected Prefix(string name, string adapter, int tokens)
        : base(name)
    {
        AdapterName = adapter;
        Tokens = tokens;
    }

    /// <inheritdoc/>
    public string AdapterName { get; }

    /// <inheritdoc/>
    public bool Active { get; set; } = true;

    /// <summary>Number of keys, and of values, in each attention.</summary>
    public int Tokens { get; }

    /// <summary>
    /// Whether the prefix stands at the first positions, so that the text begins after it and a sliding window moves on over it. Otherwise the text
    /// keeps its positions, and every query sees the whole prefix.
    /// </summary>
    public abstract bool TakesPositions { get; }

    /// <inheritdoc/>
    public abstract IEnumerable<AdapterTensor> TensorsAt(string path);

    /// <summary>Whether attention of this kind sees the prefix.</summary>
    /// <param name="attention">Which attention of the blocks.</param>
    internal abstract bool Reaches(AttentionKind attention);

    /// <summary>The keys and values for each block.</summary>
    /// <param name="attention">Which attention of the blocks; one that sees the prefix.</param>
    /// <param name="blocks">Number of blocks.</param>
    /// <param name="type">Type in which the base computes.</param>
    internal abstract IReadOnlyList<BlockPrefix> In(AttentionKind attention, int blocks, ScalarType type);

    // Everything is registered by name where it is set; TorchSharp would register the fields once more, under their own names.
    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
    }
}
