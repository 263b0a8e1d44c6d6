using Peft.Declarative.Layers;

namespace Peft.Declarative.Slots;

/// <summary>Virtual tokens of an adapter, which precede the text: a <see cref="Prompt"/> or a <see cref="Prefix"/>.</summary>
public abstract class VirtualTokens : ExplicitModule, IAdapterPart, IKeepsType
{
    private protected VirtualTokens(string name, string adapter, int tokens)
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

    /// <summary>The number of virtual tokens: of vectors of a prompt, or of keys and of values of a prefix in each attention layer.</summary>
    public int Tokens { get; }

    /// <inheritdoc/>
    public abstract IEnumerable<AdapterTensor> TensorsAt(string path);
}
