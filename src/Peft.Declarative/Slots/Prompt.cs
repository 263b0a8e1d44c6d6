using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>Virtual tokens that are prepended to the embedded text. Subclasses define how their vectors are computed.</summary>
public abstract class Prompt : ExplicitModule, IAdapterPart, IKeepsType
{
    private protected Prompt(string name, string adapter, int tokens)
        : base(name)
    {
        AdapterName = adapter;
        Tokens = tokens;
    }

    /// <inheritdoc/>
    public string AdapterName { get; }

    bool IKeepsType.KeepsType => true;

    /// <inheritdoc/>
    public bool Active { get; set; } = true;

    /// <summary>The number of virtual tokens.</summary>
    public int Tokens { get; }

    /// <inheritdoc/>
    public abstract IEnumerable<AdapterTensor> TensorsAt(string path);

    /// <summary>Computes the vectors [tokens, hidden] for one forward pass.</summary>
    internal abstract Tensor Vectors();
}
