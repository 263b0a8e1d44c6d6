using Peft.Declarative.Adapters;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PrefixTuning;

/// <summary>
/// Trained keys and values for every attention layer, one tensor [tokens, 2 · blocks · key-value heads · head width]: for each block its keys, then
/// its values. Keys are not rotated. Li, Liang 2021, arXiv 2101.00190.
/// </summary>
/// <remarks>
/// In an encoder-decoder, only the decoder's self-attention has them. The reference library splits the tensor as if each block also had keys and
/// values for cross-attention and the tensor were repeated, so block i reads pieces 4i and 4i + 1, modulo their number. Its files rely on that.
/// </remarks>
public sealed class KeyValuePrefix : Prefix, IReparameterized
{
    private readonly ReparameterizedTensor _tensor;
    private readonly ModelConfig _sizes;
    private readonly bool _isEncoderDecoder;

    /// <summary>Creates a prefix without a network.</summary>
    /// <param name="model">The base model, whose attention determines the sizes.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="tokens">The number of keys in each layer, at least 1.</param>
    /// <param name="init">The initialization.</param>
    /// <exception cref="PeftException">PEFT202: there are fewer than one token.</exception>
    public KeyValuePrefix(PretrainedModel model, string adapter, int tokens, PrefixInit init = PrefixInit.Random)
        : this(model, adapter, tokens, init, network: null)
    {
    }

    private KeyValuePrefix(PretrainedModel model, string adapter, int tokens, PrefixInit init, Func<TensorNetwork>? network)
        : base(nameof(KeyValuePrefix), adapter, tokens)
    {
        ArgumentNullException.ThrowIfNull(model);
        PrefixTuningFacts.Method.Require(model.GetType().Name, ("tokens", tokens));
        _sizes = model.Config;
        _isEncoderDecoder = model is EncoderDecoderModel;
        long width = 2L * _sizes.LayerCount * KeyWidth(_sizes);
        _tensor = new ReparameterizedTensor(
            "prompt_embeddings",
            start: () => init == PrefixInit.Zero ? zeros(tokens, width, device: model.Device) : randn(tokens, width, device: model.Device),
            network);
        register_module("tensor", _tensor);
    }

    /// <inheritdoc/>
    public override bool TakesPositions => true;

    ReparameterizedTensor IReparameterized.Tensor => _tensor;

    /// <summary>Creates a prefix that a network computes. The network is trained instead.</summary>
    /// <param name="model">The base model, whose attention determines the sizes.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="tokens">The number of keys in each layer, at least 1.</param>
    /// <param name="hidden">The hidden width of the network; 0 for the width of a layer's keys.</param>
    /// <exception cref="PeftException">PEFT202: there are fewer than one token, or the width is negative.</exception>
    public static KeyValuePrefix Projected(PretrainedModel model, string adapter, int tokens, int hidden = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        PrefixTuningFacts.Method.Require(model.GetType().Name, ("ProjectionHidden", hidden == 0 ? null : hidden));
        long width = KeyWidth(model.Config);
        return new KeyValuePrefix(model, adapter, tokens, PrefixInit.Random, () => new PrefixProjection(
            tokens, width, hidden > 0 ? hidden : width, 2L * model.Config.LayerCount * width, model.Device));
    }

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) => _tensor.Trained;

    internal override bool Reaches(AttentionKind attention) => attention is AttentionKind.Decoder or AttentionKind.Encoder;

    internal override IReadOnlyList<BlockPrefix> In(AttentionKind attention, int blocks, ScalarType type)
    {
        int pieces = 2 * _sizes.LayerCount;
        Tensor[] cut = PrefixCut.Of(_tensor.Value().to(type), Tokens, pieces, _sizes.KeyValueHeadCount, _sizes.HeadSize);
        int step = _isEncoderDecoder ? 4 : 2;
        var made = new BlockPrefix[blocks];
        for (int block = 0; block < blocks; block++)
        {
            made[block] = new BlockPrefix(cut[block * step % pieces], cut[((block * step) + 1) % pieces]);
        }

        return made;
    }

    private static long KeyWidth(ModelConfig sizes) => (long)sizes.KeyValueHeadCount * sizes.HeadSize;
}
