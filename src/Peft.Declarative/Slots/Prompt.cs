using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>Learned tokens that stand before the embedded text; a method says how their vectors come about.</summary>
public abstract class Prompt : nn.Module, IAdapterPart
{
    private protected Prompt(string name, string adapter, int tokens)
        : base(name)
    {
        AdapterName = adapter;
        Tokens = tokens;
    }

    /// <inheritdoc/>
    public string AdapterName { get; }

    /// <inheritdoc/>
    public bool Active { get; set; } = true;

    /// <summary>Number of vectors that stand before the text.</summary>
    public int Tokens { get; }

    /// <inheritdoc/>
    public abstract IEnumerable<AdapterTensor> TensorsAt(string path);

    /// <summary>The vectors [tokens, hidden] of this pass.</summary>
    internal abstract Tensor Vectors();

    // Everything is registered by name where it is set; TorchSharp would register the fields once more, under their own names.
    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
    }
}
