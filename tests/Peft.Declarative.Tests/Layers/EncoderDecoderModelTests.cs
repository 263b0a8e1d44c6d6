using Peft.Declarative.BaseModels;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

public sealed class EncoderDecoderModelTests
{
    [Fact]
    public void Decode_TokenByTokenWithCaches_EqualsTheWholeTarget()
    {
        using DisposeScope scope = NewDisposeScope();
        using T5ForConditionalGeneration model = TinyModels.T5();
        Tensor ids = TinyModels.Ids();
        Tensor target = model.DecoderIds(ids.flip(1));
        Tensor whole = model.Logits(ids, target);
        using var cache = new KeyValueCache(model.DecoderLayerCount);
        using var sourceCache = new KeyValueCache(model.DecoderLayerCount);
        EncoderOutput source = model.Encode(ids) with { Cache = sourceCache };

        for (long place = 0; place < target.size(1); place++)
        {
            Close.To(whole.narrow(1, place, 1), model.Decode(target.narrow(1, place, 1), source, cache), 1e-5, $"logits at {place}");
        }

        Assert.Equal(ids.size(1), sourceCache.Length);
    }

    [Fact]
    public void Logits_OfPaddedSource_EqualThoseOfTheSourceAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        using T5ForConditionalGeneration model = TinyModels.T5();
        Tensor ids = TinyModels.Ids();
        Tensor target = model.DecoderIds(ids.flip(1));
        Tensor padded = cat([ids, zeros(2, 4, dtype: ScalarType.Int64)], 1);
        Tensor mask = cat([ones_like(ids), zeros(2, 4, dtype: ScalarType.Int64)], 1);

        Close.To(model.Logits(ids, target), model.Logits(padded, target, mask), 1e-5, "logits");
    }

    [Fact]
    public void DecoderIds_OfLabels_BeginWithTheStartAndReadPaddingForIgnored()
    {
        using DisposeScope scope = NewDisposeScope();
        using T5ForConditionalGeneration model = T5ForConditionalGeneration.FromConfig(TinyModels.T5Config with { DecoderStartTokenId = 9, PadTokenId = 4 });

        Tensor ids = model.DecoderIds(tensor(new long[,] { { 5, 6, 7 }, { 8, -100, -100 } }));

        Assert.Equal([9, 5, 6, 9, 8, 4], ids.flatten().data<long>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FromConfig_GatedOrNot_HasItsCheckpointNames(bool gated)
    {
        using T5ForConditionalGeneration model = T5ForConditionalGeneration.FromConfig(TinyModels.T5Config with { Gated = gated, Activation = "gelu_new", TiesHead = !gated });

        string[] names = [.. model.state_dict().Keys];

        Assert.Equal(gated, names.Contains("decoder.block.2.layer.2.DenseReluDense.wi_1.weight"));
        Assert.Equal(!gated, names.Contains("decoder.block.2.layer.2.DenseReluDense.wi.weight"));
        Assert.Equal(gated, names.Contains("lm_head.weight"));
        Assert.Contains("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", names);
        Assert.DoesNotContain("encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight", names);
        Assert.DoesNotContain("decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight", names);
    }
}
