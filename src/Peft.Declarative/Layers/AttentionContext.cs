using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>What all attention layers of one forward pass share.</summary>
public sealed record AttentionContext
{
    /// <summary>Which keys each query may see.</summary>
    public required AttentionMask Mask { get; init; }

    /// <summary>Cosines of the rotary embedding [batch or 1, 1, time, width]; null for models with learned positions.</summary>
    public Tensor? Cosine { get; init; }

    /// <summary>Sines of the rotary embedding, same shape.</summary>
    public Tensor? Sine { get; init; }

    /// <summary>Keys and values of earlier tokens; null outside generation.</summary>
    public KeyValueCache? Cache { get; init; }

    /// <summary>What the blocks of a decoder read besides their own tokens; null where there is no encoder.</summary>
    public EncodedSource? Source { get; init; }

    /// <summary>The tensors in here, which a block that is run again in backward needs again.</summary>
    internal List<Tensor> Tensors => [.. new[] { Mask.Added, Cosine, Sine, Source?.Hidden, Source?.Mask.Added }.OfType<Tensor>()];

    /// <summary>The same context around other handles of <see cref="Tensors"/>, in that order.</summary>
    internal AttentionContext Around(IReadOnlyList<Tensor> tensors)
    {
        int next = 0;
        Tensor? Take(Tensor? present) => present is null ? null : tensors[next++];
        return this with
        {
            Mask = Mask with { Added = Take(Mask.Added) },
            Cosine = Take(Cosine),
            Sine = Take(Sine),
            Source = Source is null ? null : Source with { Hidden = Take(Source.Hidden)!, Mask = Source.Mask with { Added = Take(Source.Mask.Added) } },
        };
    }
}
